package dev.ioloop.bench;

import java.util.Arrays;

/**
 * The median of some samples, and an interval that holds the true median with a probability of at
 * least 95 %, whatever the samples' distribution: it lies between two of the sorted samples, found
 * from the binomial distribution.
 *
 * @param sure whether there were enough samples; if not, the interval spans all of them
 */
record Interval(double median, double low, double high, boolean sure) {
  private static final double CONFIDENCE = 0.95;

  static Interval of(double[] samples) {
    double[] sorted = samples.clone();
    Arrays.sort(sorted);
    int n = sorted.length;
    double median = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;

    // The true median lies below the k-th smallest if fewer than k of n fair coins show heads.
    double below = Math.pow(0.5, n);
    boolean sure = 1 - 2 * below >= CONFIDENCE;
    int outside = 0;
    double exactly = below;
    while (outside < n / 2) {
      exactly *= (double) (n - outside) / (outside + 1);
      below += exactly;
      if (1 - 2 * below < CONFIDENCE) {
        break;
      }
      outside++;
    }
    return new Interval(median, sorted[outside], sorted[n - 1 - outside], sure);
  }
}
