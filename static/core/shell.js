/* Offers phones a cache for days without a network. Everything works without it; a server that has switched it off
   names no address, and then what an earlier visit installed is taken out. */

const { worker } = document.documentElement.dataset;

if ("serviceWorker" in navigator) {
  window.addEventListener("load", () => {
    const workers = navigator.serviceWorker;
    if (worker) workers.register(worker, { scope: "/" }).catch(() => {});
    else workers.getRegistrations().then((all) => all.forEach((one) => one.unregister())).catch(() => {});
  });
}
