/* The service worker of the phone pages: a cache and nothing else. /sw.js sends it, with SHELL before it: {version, offline,
   files}. It keeps the files of this version and one page that says there is no network. It never keeps a page of a
   person, a question, an answer or a verdict, and it touches nothing but plain GET requests of this site. */

const CACHE = `zhixing-${SHELL.version}`;
const PATIENCE_MS = 8000;
const ROUND = /^\/(api|boards|csrf|healthz|readyz|sw\.js)(\/|$)/; // what is live, or answers by itself

async function install() {
  const cache = await caches.open(CACHE);
  await cache.addAll(SHELL.files.concat(new Request(SHELL.offline, { credentials: "omit" }))); // nobody's page
  await self.skipWaiting();
}

async function activate() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.indexOf("zhixing-") === 0 && name !== CACHE).map((name) => caches.delete(name)));
  await self.clients.claim();
}

/* A file has its version in its address: what is kept cannot be stale. */
async function fileFirst(request) {
  const kept = await caches.match(request);
  return kept || fetch(request);
}

/* The network comes first; when it is silent, one page says so. */
async function networkFirst(request) {
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), PATIENCE_MS);
  try {
    return await fetch(request, { signal: giveUp.signal });
  } catch (error) {
    return (await caches.match(SHELL.offline)) || Response.error();
  } finally {
    clearTimeout(timer);
  }
}

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin || ROUND.test(url.pathname)) return;
  if (SHELL.files.indexOf(url.pathname) !== -1) event.respondWith(fileFirst(request));
  else if (request.mode === "navigate") event.respondWith(networkFirst(request));
});
