// What the adapters share. README.md says what an adapter must give.
import { createRequire } from 'module';

export const kOpen = 99999;
export const kYears = 125;
export const kHopsMax = 6;
export const kMemoryBytes = 512 * 1024 * 1024;  // As Annals has by default.

// Packages lie in the folder that the harness runs in, not beside the adapters.
export const require = createRequire(process.cwd() + '/here.js');

// The first year, counted from 1900, of which 1 January is the day `column` or later, in SQL and in
// Cypher: YearCounts::first_year_from() of world.cpp. Years past the last one do no harm.
export const first_year_from = (column, divide = '/') =>
  `(CASE WHEN ${column}<=0 THEN 0 ELSE ` +
  `4*(${column}-1+(CASE WHEN ${column}>59 THEN 1 ELSE 0 END))${divide}1461+1 END)`;

// The rows [year, count] as counts of all years.
export function year_counts(rows) {
  const counts = new Array(kYears).fill(0);
  for (const [year, count] of rows) counts[Number(year)] = Number(count);
  return counts;
}

// Rows [year, change of the count] to the counts of all years.
export function running_counts(changes) {
  const counts = new Array(kYears).fill(0);
  for (const [year, change] of changes) if (year < kYears) counts[Number(year)] += Number(change);
  for (let year = 1; year < kYears; ++year) counts[year] += counts[year - 1];
  return counts;
}

// Hops of a shortest path from both ends, for what has no search of its own: PathSearch of
// path_search.h. `out` and `back` give the neighbours of an entity along facts and against them.
export function search_path(start, goal, out, back) {
  let sides = [{ met: new Set([start]), frontier: [start], expand: out },
               { met: new Set([goal]), frontier: [goal], expand: back }];
  for (let hops = 1; hops <= kHopsMax; ++hops) {
    if (sides.some((side) => side.frontier.length === 0)) return -1;
    const [side, other] = sides[0].frontier.length <= sides[1].frontier.length
      ? sides : [sides[1], sides[0]];
    const next = [];
    for (const entity of side.frontier) {
      for (const neighbour of side.expand(entity)) {
        if (other.met.has(neighbour)) return hops;
        if (side.met.has(neighbour)) continue;
        side.met.add(neighbour);
        next.push(neighbour);
      }
    }
    side.frontier = next;
  }
  return -1;
}
