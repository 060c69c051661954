"use strict";
(() => {
  const all = (query) => [...document.querySelectorAll(query)];
  const one = (id) => document.getElementById(id);

  // The present day, by the clock of the phone.
  const today = () => {
    const now = new Date();
    const two = (number) => String(number).padStart(2, "0");
    return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  };
  const loaded = today();
  const days = all(".day");
  const when = loaded < days[0].dataset.day ? "before"
    : loaded > days.at(-1).dataset.day ? "after" : "now";
  all(".unscripted").forEach((text) => { text.hidden = true; });
  all(`[data-when="${when}"]`).forEach((text) => { text.hidden = false; });
  const day = when === "before" ? days[0] : days.find((found) => found.dataset.day === loaded);
  if (day) {
    all(".week").forEach((week) => { week.open = week.contains(day); });
    day.replaceWith(one("moved").content.cloneNode(true));
    one("today").append(day);
  }

  // A link to an exercise opens its card.
  document.addEventListener("click", ({ target }) => {
    const link = target.closest("a[href^='#']");
    const card = link && one(link.hash.slice(1));
    if (card && card.matches("details")) card.open = true;
  });

  // Ticks and numbers, kept by plan: a later version of it finds them again.
  const name = `programgen:${document.body.dataset.plan}`;
  const load = () => {
    try {
      const kept = JSON.parse(localStorage.getItem(name));
      return kept && typeof kept === "object" ? kept : {};
    } catch {
      return {};
    }
  };
  const store = (change) => {
    try {
      change();
    } catch {
      one("unkept").hidden = false;
    }
  };
  const fill = () => {
    const kept = load();
    all("[data-key]").forEach((field) => {
      const value = kept[field.dataset.key] ?? "";
      if (field.type === "checkbox") field.checked = value === true;
      else field.value = value;
    });
  };
  fill();
  store(() => localStorage.getItem(name));
  window.addEventListener("storage", fill);
  document.addEventListener("change", ({ target }) => {
    if (!target.dataset.key) return;
    const value = target.type === "checkbox" ? target.checked : target.value;
    const { [target.dataset.key]: before, ...others } = load();
    const kept = value ? { ...others, [target.dataset.key]: value } : others;
    store(() => localStorage.setItem(name, JSON.stringify(kept)));
  });
  const clear = one("clear");
  clear.hidden = false;
  clear.addEventListener("click", () => {
    if (!window.confirm(clear.dataset.ask)) return;
    store(() => localStorage.removeItem(name));
    fill();
  });

  // The timer follows the clock and not its own ticks, so that a slow phone is never late.
  const timer = one("timer");
  const words = timer.dataset;
  const go = one("timer-go");
  let parts, spent, since, part, sound, awake;
  const text = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  const cue = (times) => {
    navigator.vibrate?.(Array(times).fill([300, 200]).flat());
    if (!sound) return;
    for (let beep = 0; beep < times; beep += 1) {
      const tone = sound.createOscillator();
      const begin = sound.currentTime + beep * 0.35;
      tone.frequency.value = 880;
      tone.connect(sound.destination);
      tone.start(begin);
      tone.stop(begin + 0.2);
    }
  };
  const lamp = async () => {
    try {
      awake = await navigator.wakeLock.request("screen");
    } catch {
      awake = undefined; // The page asks to keep the screen on; nothing else depends on it.
    }
  };
  const pause = () => {
    if (since) spent += Date.now() - since;
    since = undefined;
    go.textContent = words.start;
    awake?.release();
  };
  const show = () => {
    let left = Math.floor((spent + (since ? Date.now() - since : 0)) / 1000);
    let now = 0;
    while (now < parts.length && left >= parts[now].time) {
      left -= parts[now].time;
      now += 1;
    }
    const over = now === parts.length;
    if (now !== part) {
      if (since) cue(over ? 3 : parts[now].move === "run" ? 2 : 1);
      part = now;
      timer.dataset.move = over ? "" : parts[now].move;
      one("timer-move").textContent = over ? words.done : words[parts[now].move];
      const next = parts[now + 1];
      one("timer-next").textContent = next
        ? `${words.next}: ${words[next.move]} ${text(next.time)} (${now + 1}/${parts.length})` : "";
    }
    one("timer-left").textContent = over ? "" : text(parts[now].time - left);
    if (over && since) pause();
    go.hidden = over;
  };
  go.addEventListener("click", () => {
    if (since) {
      pause();
      return;
    }
    if (window.AudioContext) sound ??= new AudioContext();
    sound?.resume();
    since = Date.now();
    go.textContent = words.pause;
    lamp();
    show();
  });
  window.setInterval(() => { if (since) show(); }, 200);
  one("timer-end").addEventListener("click", () => timer.close());
  timer.addEventListener("close", pause);
  all("[data-bouts]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => {
      parts = button.dataset.bouts.split(" ").map((bout) => {
        const [move, time] = bout.split(":");
        return { move, time: Number(time) };
      });
      [spent, since, part] = [0, undefined, undefined];
      show();
      timer.showModal();
    });
  });

  // A page that stayed open over night shows the new day.
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && !timer.open && today() !== loaded) window.location.reload();
    if (!document.hidden && since) lamp();
  });
})();
