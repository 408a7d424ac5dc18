// SQLite through better-sqlite3: in process, prepared statements, one table with three indexes that
// cover what is asked, a write-ahead log that is synced with each commit.
import fs from 'fs';
import { first_year_from, kMemoryBytes, require, running_counts, search_path } from './common.mjs';

const file = (folder) => `${folder}/facts.db`;

function open(folder) {
  const Database = require('better-sqlite3');
  const db = new Database(file(folder));
  db.pragma(`cache_size=-${kMemoryBytes / 1024}`);
  db.pragma('mmap_size=8000000000');
  db.pragma('temp_store=MEMORY');
  return db;
}

export const version = () =>
  new (require('better-sqlite3'))(':memory:').prepare('SELECT sqlite_version()').pluck().get();

export async function load(csv, folder) {
  const db = open(folder);
  // A load that fails is begun again, so that it needs no journal.
  db.pragma('journal_mode=OFF');
  db.pragma('synchronous=OFF');
  db.exec('CREATE TABLE facts(source INTEGER, relation INTEGER, target INTEGER,' +
          ' begin_day INTEGER, end_day INTEGER)');
  const insert = db.prepare('INSERT INTO facts VALUES (?,?,?,?,?)');
  const bytes = fs.readFileSync(csv);
  let at = bytes.indexOf(10) + 1;
  const number = () => {
    let value = 0, digit;
    while ((digit = bytes[at++]) >= 48) value = value * 10 + digit - 48;
    return value;
  };
  db.exec('BEGIN');
  while (at < bytes.length) insert.run(number(), number(), number(), number(), number());
  db.exec('COMMIT');
  db.exec('CREATE INDEX by_source ON facts(source, begin_day, end_day, relation, target)');
  db.exec('CREATE INDEX by_target ON facts(target, begin_day, end_day, source)');
  db.exec('CREATE INDEX by_relation ON facts(relation, begin_day, end_day)');
  db.exec('ANALYZE');
  db.close();
  const handle = fs.openSync(file(folder), 'r+');
  fs.fsyncSync(handle);
  fs.closeSync(handle);
}

export async function connect(folder) {
  const db = open(folder);
  db.pragma('journal_mode=WAL');
  db.pragma('synchronous=FULL');
  const alive = (fact) => `${fact}.begin_day<=@day AND ${fact}.end_day>@day`;
  const rows = (sql) => db.prepare(sql).raw();
  const neighbours = rows(
    `SELECT f.relation, f.target FROM facts f WHERE f.source=@a AND ${alive('f')}`);
  const count = rows('SELECT count(*), coalesce(sum(f.target), 0) FROM facts f' +
                     ` WHERE f.source=@a AND ${alive('f')}`);
  const two_hops = rows(
    'SELECT count(*), coalesce(sum(t), 0) FROM (SELECT DISTINCT g.target AS t FROM' +
    ` (SELECT DISTINCT f.target AS m FROM facts f WHERE f.source=@a AND ${alive('f')})` +
    ` CROSS JOIN facts g WHERE g.source=m AND ${alive('g')})`);
  const history = rows('SELECT relation, target, begin_day, end_day FROM facts' +
                       ' WHERE source=@a ORDER BY begin_day');
  const snapshot = rows(`SELECT f.relation, count(*) FROM facts f WHERE ${alive('f')} GROUP BY 1`);
  const timeline = rows(
    `SELECT ${first_year_from('begin_day')}, count(*) FROM facts WHERE relation=@a GROUP BY 1` +
    ` UNION ALL SELECT ${first_year_from('end_day')}, -count(*) FROM facts` +
    ' WHERE relation=@a GROUP BY 1');
  const ends = (wanted, given) => db.prepare(
    `SELECT ${wanted} FROM facts WHERE ${given}=? AND begin_day<=? AND end_day>?`).pluck();
  const out = ends('target', 'source');
  const back = ends('source', 'target');
  const insert = db.prepare('INSERT INTO facts VALUES (?,?,?,?,?)');
  const append = db.transaction((facts) => { for (const fact of facts) insert.run(...fact); });
  return {
    neighbours: (a, day) => neighbours.all({ a, day }),
    hub_count: (a, day) => count.get({ a, day }),
    two_hops: (a, day) => two_hops.get({ a, day }),
    history: (a) => history.all({ a }),
    snapshot: (day) => snapshot.all({ day }),
    timeline: (a) => running_counts(timeline.all({ a })),
    path: (a, b, day) =>
      search_path(a, b, (x) => out.all(x, day, day), (x) => back.all(x, day, day)),
    append: (facts) => append(facts),
    not_asked: ['together', 'triangles', 'top', 'never', 'overlap', 'reach'],
    close: () => db.close(),
  };
}
