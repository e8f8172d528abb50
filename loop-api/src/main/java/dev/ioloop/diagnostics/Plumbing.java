package dev.ioloop.diagnostics;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a class whose frames do not help users: it lies between a loop and the body of a coroutine,
 * or between that body and what it awaits. Stacks that are shown to users omit such frames.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Plumbing {}
