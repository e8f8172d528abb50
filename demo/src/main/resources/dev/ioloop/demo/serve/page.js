// The page of the server: shows what comes over the WebSocket. All text is set as text, never as markup.
'use strict';

const POINTS = 60; // seconds that the chart shows
const LINES = 500; // lines that the chat keeps
const SILENT = 3000; // milliseconds after which a loop does not answer
const $ = (id) => document.getElementById(id);

let socket = null;
let pause = 500;
const cards = new Map();

function connect() {
  const scheme = location.protocol === 'https:' ? 'wss://' : 'ws://';
  socket = new WebSocket(scheme + location.host + '/live');
  socket.onopen = () => {
    pause = 500;
    $('status').textContent = 'connected';
  };
  socket.onmessage = (event) => receive(JSON.parse(event.data));
  socket.onclose = () => {
    $('status').textContent = 'disconnected, trying again…';
    setTimeout(connect, pause);
    pause = Math.min(2 * pause, 8000);
  };
}

function receive(message) {
  switch (message.type) {
    case 'loops': showLoops(message); break;
    case 'chat': addLine(message.name, message.text); break;
    case 'notice': addLine(null, message.text); break;
  }
}

function showLoops(message) {
  $('summary').textContent = `${count(message.loops.length, 'loop')}, ${count(message.clients, 'browser')}`;
  $('chat-state').textContent = `The chat runs: ${message.chat}`;
  for (const loop of message.loops) {
    showLoop(loop);
  }
}

function count(number, what) {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

function showLoop(loop) {
  let card = cards.get(loop.name);
  if (!card) {
    const node = $('loop').content.cloneNode(true).firstElementChild;
    card = {node, lags: [], find: (name) => node.querySelector('.' + name)};
    cards.set(loop.name, card);
    $('loops').append(node);
  }
  const fresh = loop.seen !== card.seen;
  if (fresh) {
    card.seen = loop.seen;
    card.changed = Date.now();
  }
  const silent = Date.now() - card.changed > SILENT;
  card.node.classList.toggle('silent', silent);
  const set = (name, value) => {
    const text = String(value);
    if (card.find(name).textContent !== text) { // Not to lose a selection.
      card.find(name).textContent = text;
    }
  };
  set('name', loop.name);
  set('make', `backend ${loop.backend}, coroutines on ${loop.generator}s` + (silent ? '; does not answer now' : ''));
  set('turns', loop.turnsPerSecond.toLocaleString('en'));
  set('callbacks', loop.callbacksPerSecond.toLocaleString('en'));
  set('timers', loop.timers);
  set('suspended', loop.suspended);
  set('browsers', loop.browsers);
  set('lag', `${loop.lagMillis.toFixed(2)} ms`);
  set('waiting', loop.waiting);
  showSlow(card, loop.slow);
  if (fresh) {
    card.lags.push(loop.lagMillis);
    card.lags.splice(0, card.lags.length - POINTS);
    draw(card);
  }
}

function showSlow(card, slow) {
  const texts = slow.length ? slow : ['none so far'];
  if (card.slow !== texts.join('\n')) {
    card.slow = texts.join('\n');
    card.find('slow').replaceChildren(...texts.map((text) => element('li', text)));
  }
}

// The lag of the last minute; the height is 10 ms, or more where one was higher.
function draw(card) {
  const top = Math.max(10, ...card.lags);
  const step = 120 / (POINTS - 1);
  const first = POINTS - card.lags.length;
  const points = card.lags.map((lag, i) => `${((first + i) * step).toFixed(1)},${(31 - 30 * lag / top).toFixed(1)}`);
  card.find('chart').firstElementChild.setAttribute('points', points.join(' '));
  card.find('chart').setAttribute('aria-label',
    `Lag of the last minute: at most ${Math.max(...card.lags).toFixed(2)} ms; the chart's height is ${top.toFixed(0)} ms`);
}

function element(tag, text, className) {
  const node = document.createElement(tag);
  node.textContent = text;
  if (className) {
    node.className = className;
  }
  return node;
}

function addLine(name, text) {
  const chat = $('chat');
  const atEnd = chat.scrollTop + chat.clientHeight >= chat.scrollHeight - 4;
  const line = document.createElement('p');
  if (name === null) {
    line.append(element('span', text, 'notice'));
  } else {
    line.append(element('span', name, 'name'), ': ', element('span', text));
  }
  chat.append(line);
  while (chat.childElementCount > LINES) {
    chat.firstElementChild.remove();
  }
  if (atEnd) {
    chat.scrollTop = chat.scrollHeight;
  }
}

$('say').addEventListener('submit', (event) => {
  event.preventDefault();
  if (socket.readyState !== WebSocket.OPEN) {
    addLine(null, 'That was not sent: there is no connection.');
    return;
  }
  socket.send(JSON.stringify({name: $('name').value, text: $('text').value}));
  $('text').value = '';
  $('text').focus();
});

$('sum').addEventListener('click', async () => {
  $('sum-output').textContent = '…';
  try {
    const response = await fetch('/asyn-sum', {method: 'POST'});
    $('sum-output').textContent = await response.text();
  } catch (e) {
    $('sum-output').textContent = `That failed: ${e.message}`;
  }
});

connect();
