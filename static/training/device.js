/* Before an exam: can this browser keep answers while the network is away? Tried, not guessed. */

const row = document.getElementById("device");

const say = (works) => {
  row.querySelector(".row__title").textContent = works ? row.dataset.ok : row.dataset.no;
  if (!works) row.querySelector(".row__meta").textContent = row.dataset.noText;
};

const tryToKeep = () =>
  new Promise((resolve) => {
    try {
      const opening = indexedDB.open("zhixing-trial", 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore("trial");
      opening.onerror = () => resolve(false);
      opening.onblocked = () => resolve(false);
      opening.onsuccess = () => {
        const writing = opening.result.transaction("trial", "readwrite");
        writing.objectStore("trial").put(1, "one");
        writing.oncomplete = () => {
          opening.result.close();
          indexedDB.deleteDatabase("zhixing-trial");
          resolve(true);
        };
        writing.onerror = () => resolve(false);
        writing.onabort = () => resolve(false);
      };
    } catch (error) {
      resolve(false);
    }
  });

if (row) tryToKeep().then(say);
