// What ical.js reads in calendars: a JSON list of files in, for each a list of events out.
import { readFileSync } from "node:fs";
import ICAL from "ical.js";

const paths = JSON.parse(readFileSync(0, "utf8"));
const found = paths.map((path) => {
  const calendar = new ICAL.Component(ICAL.parse(readFileSync(path, "utf8")));
  ICAL.TimezoneService.reset();
  for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);
  return calendar.getAllSubcomponents("vevent").map((component) => {
    const event = new ICAL.Event(component);
    const time = (value) =>
      value.isDate ? value.toString() : value.toJSDate().toISOString().slice(0, 19);
    return {
      uid: event.uid,
      sequence: event.sequence,
      status: component.getFirstPropertyValue("status"),
      begin: time(event.startDate),
      end: component.hasProperty("dtend") ? time(event.endDate) : null,
      title: event.summary,
      text: event.description,
      properties: [...new Set(component.getAllProperties().map((p) => p.name))].sort(),
    };
  });
});
console.log(JSON.stringify(found));
