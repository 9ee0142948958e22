/* What is written on walls: citations, the next event, days to go, notices. Each page has one message. */

import { at, daysUntil, fit, fitAll, make, now, phrases, say } from "./wall.js";

const HONOURS = { 4: 5, 6: 4, 8: 3, 10: 2 };
const LONG_TITLE = 10; // characters; a longer one is set smaller

function cut(list, length) {
  const pages = [];
  for (let start = 0; start < list.length; start += length) pages.push(list.slice(start, start + length));
  return pages;
}

/* ---- citations ---- */

function honourOf([name, under, why, kind]) {
  const row = make("li", "honour");
  const who = row.appendChild(make("div", "honour__who"));
  who.appendChild(make("h2", "honour__name", name));
  if (under) who.appendChild(make("p", "honour__under", under));
  const words = row.appendChild(make("div", "honour__words"));
  phrases(words.appendChild(make("p", "honour__why")), why);
  words.appendChild(make("p", "honour__kind", kind));
  return row;
}

export const honours = {
  id: "honours",
  slides: ({ state: { news }, look, isOff }) => {
    const room = HONOURS[look.distance_m] - (isOff ? 1 : 0);
    return news ? cut(news.citations, room).map((citations) => ({ citations, room, month: news.month })) : [];
  },
  draw: ({ citations, room }) => {
    const list = at("honours");
    list.textContent = "";
    for (const one of citations) list.appendChild(honourOf(one));
    list.style.gridTemplateRows = "repeat(" + room + ", minmax(0, 1fr))";
    fitAll(at("page-honours"), () =>
      Array.from(list.children).some((row) => row.scrollHeight > row.clientHeight + 1)
    );
    for (const name of list.querySelectorAll(".honour__name")) fit(name, 0.5);
    for (const under of list.querySelectorAll(".honour__under")) fit(under, 0.5);
  },
  head: ({ month }, texts) => ({ title: texts.honours, scope: [month, texts.no_order] }),
  foot: (slide, { texts }) => texts.consent,
};

/* ---- the next event ---- */

function factsOf(event, texts) {
  return [[texts.place, event.place], [texts.host, event.host], [texts.seats, event.seats]].filter((pair) => pair[1]);
}

export const event = {
  id: "event",
  slides: ({ state: { news } }) => (news && news.event && Date.parse(news.event.at) > now() ? [{ event: news.event }] : []),
  draw: (slide, texts) => {
    const shown = slide.event;
    const page = at("page-event");
    at("event-day").textContent = shown.day;
    phrases(at("event-title"), shown.title);
    page.classList.toggle("event--long", shown.title.length > LONG_TITLE);
    page.classList.toggle("event--wide", !shown.link);
    const facts = at("event-facts");
    facts.textContent = "";
    for (const [name, words] of factsOf(shown, texts)) {
      facts.appendChild(make("dt", "", name));
      phrases(facts.appendChild(make("dd")), words);
    }
    const rail = at("event-rail");
    rail.hidden = !shown.link;
    if (shown.link) {
      const picture = rail.querySelector("img");
      const address = picture.dataset.url + "?to=" + encodeURIComponent(shown.link);
      if (picture.getAttribute("src") !== address) picture.setAttribute("src", address);
    }
    phrases(at("event-note"), shown.link ? shown.note : "");
    fitAll(page);
  },
  head: (slide, texts) => ({ title: texts.event, scope: [slide.event.join] }),
  foot: (slide, { texts }) => (slide.event.link || !slide.event.note ? texts.welcome : slide.event.note),
};

/* ---- days to go ---- */

export const countdown = {
  id: "countdown",
  slides: ({ state: { news } }) =>
    news
      ? news.countdowns.map(([title, day]) => ({ title, left: daysUntil(day), day })).filter((one) => one.left >= 0)
      : [],
  draw: ({ title, left, day }, texts) => {
    const page = at("page-countdown");
    phrases(at("countdown-title"), left ? say(texts.until, { title }) : title);
    at("countdown-days").textContent = left || texts.is_today;
    at("countdown-days").classList.toggle("countdown__days--word", !left);
    at("countdown-unit").textContent = left ? texts.days : "";
    at("countdown-day").textContent = say(texts.date, { year: day.slice(0, 4), month: Number(day.slice(5, 7)), day: Number(day.slice(8)) });
    fitAll(page);
  },
  head: (slide, texts) => ({ title: texts.countdown, scope: [] }),
  foot: () => "",
};

/* ---- notices ---- */

export const notices = {
  id: "notices",
  slides: ({ state: { news } }) => (news ? news.notices.map(([title, text]) => ({ title, text })) : []),
  draw: ({ title, text }) => {
    phrases(at("notice-title"), title);
    phrases(at("notice-text"), text);
    fitAll(at("page-notices"));
  },
  head: (slide, texts) => ({ title: texts.notices, scope: [] }),
  foot: () => "",
};

