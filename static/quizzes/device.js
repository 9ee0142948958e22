/* Before a quiz: can this browser keep answers, and does its clock agree with the server's? Only notes, nothing is refused. */

const FAR_OFF_MS = 120000;
const section = document.getElementById("device");

function note(name) {
  section.querySelector(`[data-note="${name}"]`).hidden = false;
  section.hidden = false;
}

function check() {
  if (Math.abs(Date.now() - Date.parse(section.dataset.now)) > FAR_OFF_MS) note("clock");
  let opening;
  try {
    opening = indexedDB.open("zhixing-check");
  } catch (error) {
    note("unkept");
    return;
  }
  opening.onerror = () => note("unkept");
  opening.onsuccess = () => {
    opening.result.close();
    indexedDB.deleteDatabase("zhixing-check");
    note("kept");
  };
}

// A page that comes back from the browser's memory was made long ago: its time says nothing.
if (section) {
  if (!window.indexedDB) note("unkept");
  else check();
}
