// DuckDB through @duckdb/node-api: in process, prepared statements, one table sorted by source and
// begin, so that the bounds of its row groups leave most of it unread. (An index on the source was
// tried: it gains little and costs the load and each append more.)
import { first_year_from, kMemoryBytes, require, running_counts, year_counts } from './common.mjs';

const columns = "{source:'INTEGER', relation:'INTEGER', target:'INTEGER', begin_day:'INTEGER'," +
  " end_day:'INTEGER'}";

async function open(folder) {
  const { DuckDBInstance } = require('@duckdb/node-api');
  const instance = await DuckDBInstance.create(`${folder}/facts.duckdb`);
  return { instance, connection: await instance.connect() };
}

function close({ instance, connection }) {
  connection.closeSync();
  instance.closeSync();
}

export const version = () => require('@duckdb/node-api').version();

export async function load(csv, folder) {
  const opened = await open(folder);
  await opened.connection.run(
    `CREATE TABLE facts AS SELECT * FROM read_csv('${csv}', header=true, columns=${columns})` +
    ' ORDER BY source, begin_day');
  await opened.connection.run('CHECKPOINT');
  close(opened);
}

export async function connect(folder) {
  const opened = await open(folder);
  const { connection } = opened;
  await connection.run(`SET memory_limit='${4 * kMemoryBytes / 1e6}MB'`);
  const prepared = async (sql) => {
    const statement = await connection.prepare(sql);
    return async (...values) => {
      values.forEach((value, i) => statement.bindInteger(i + 1, value));
      return (await statement.runAndReadAll()).getRows();
    };
  };
  const alive = (fact, day) => `${fact}.begin_day<=$${day} AND ${fact}.end_day>$${day}`;
  const count = await prepared(
    'SELECT count(*), coalesce(sum(f.target), 0)::BIGINT FROM facts f' +
    ` WHERE f.source=$1 AND ${alive('f', 2)}`);
  const two_hops = await prepared(
    'SELECT count(*), coalesce(sum(t), 0)::BIGINT FROM' +
    ' (SELECT DISTINCT g.target AS t FROM facts g' +
    ` WHERE g.source IN (SELECT f.target FROM facts f WHERE f.source=$1 AND ${alive('f', 2)})` +
    ` AND ${alive('g', 2)})`);
  const timeline = await prepared(
    `SELECT ${first_year_from('begin_day', '//')}, count(*) FROM facts WHERE relation=$1` +
    ' GROUP BY 1' +
    ` UNION ALL SELECT ${first_year_from('end_day', '//')}, -count(*) FROM facts` +
    ' WHERE relation=$1 GROUP BY 1');
  // USING KEY keeps one row for each entity that was met.
  const path = await prepared(
    'WITH RECURSIVE met(id, hops) USING KEY (id) AS (SELECT $1::INTEGER, 0 UNION' +
    ' SELECT f.target, min(met.hops)+1 FROM met, facts f WHERE f.source=met.id' +
    ` AND ${alive('f', 3)}` +
    ' AND met.hops<6 AND NOT EXISTS (SELECT 1 FROM recurring.met r WHERE r.id=f.target)' +
    ' AND NOT EXISTS (SELECT 1 FROM recurring.met r WHERE r.id=$2) GROUP BY f.target)' +
    ' SELECT hops FROM met WHERE id=$2');
  // Pairs of facts first, then the years of each pair: fewer rows than the facts of each year.
  const together = await prepared(
    'SELECT y, count(DISTINCT t) FROM (SELECT f.target AS t, unnest(range(' +
    `${first_year_from('greatest(f.begin_day,g.begin_day)', '//')}, least(125, ` +
    `${first_year_from('least(f.end_day,g.end_day)', '//')}))) AS y` +
    ' FROM facts f JOIN facts g ON f.target=g.target WHERE f.source=$1 AND g.source=$2' +
    ' AND f.begin_day<g.end_day AND g.begin_day<f.end_day) GROUP BY y');
  const triangles = await prepared(
    `WITH e AS MATERIALIZED (SELECT source, target FROM facts e WHERE relation=$1 AND ${alive('e', 2)})` +
    ' SELECT count(*) FROM e f JOIN e g ON g.source=f.target' +
    ' JOIN e h ON h.source=g.target AND h.target=f.source' +
    ' WHERE f.source<>f.target OR g.source<>g.target');
  const never = await prepared(
    'SELECT count(*), coalesce(sum(x), 0)::BIGINT FROM (SELECT DISTINCT f.source AS x FROM facts f' +
    ` WHERE f.target=$1 AND ${alive('f', 3)}` +
    ' AND NOT EXISTS (SELECT 1 FROM facts g WHERE g.source=f.source AND g.target=$2))');
  const overlap = await prepared(
    'SELECT count(*), coalesce(sum(target), 0)::BIGINT FROM facts' +
    ' WHERE relation=$1 AND begin_day<$3 AND end_day>$2');
  // Level by level; a recursion that keeps what was met (as for paths) took longer.
  const level = (hops) =>
    `h${hops} AS MATERIALIZED (SELECT DISTINCT e.target AS id FROM h${hops - 1} JOIN e ON e.source=id)`;
  const reach = await prepared(
    `WITH e AS MATERIALIZED (SELECT source, target FROM facts e WHERE ${alive('e', 2)}),` +
    ' h0 AS (SELECT $1::INTEGER AS id),' +
    ` ${[1, 2, 3, 4].map(level).join(', ')}` +
    ' SELECT count(*), coalesce(sum(id), 0)::BIGINT FROM (SELECT id FROM h1 UNION SELECT id FROM h2' +
    ' UNION SELECT id FROM h3 UNION SELECT id FROM h4) WHERE id<>$1');
  const insert = await prepared('INSERT INTO facts VALUES ($1,$2,$3,$4,$5)');
  const insert_many = async (facts) => {
    await connection.run('BEGIN');
    const appender = await connection.createAppender('facts');
    for (const fact of facts) {
      for (const value of fact) appender.appendInteger(value);
      appender.endRow();
    }
    appender.closeSync();
    await connection.run('COMMIT');
  };
  return {
    neighbours: await prepared(
      `SELECT f.relation, f.target FROM facts f WHERE f.source=$1 AND ${alive('f', 2)}`),
    hub_count: async (a, day) => (await count(a, day))[0],
    two_hops: async (a, day) => (await two_hops(a, day))[0],
    history: await prepared('SELECT relation, target, begin_day, end_day FROM facts' +
                            ' WHERE source=$1 ORDER BY begin_day'),
    snapshot: await prepared(
      `SELECT f.relation, count(*) FROM facts f WHERE ${alive('f', 1)} GROUP BY 1`),
    timeline: async (a) => running_counts(await timeline(a)),
    path: async (a, b, day) => Number((await path(a, b, day))[0]?.[0] ?? -1),
    together: async (a, b) => year_counts(await together(a, b)),
    triangles: async (a, day) => (await triangles(a, day))[0][0],
    top: await prepared('SELECT source, count(*) AS facts FROM facts f' +
                        ` WHERE ${alive('f', 1)} GROUP BY 1 ORDER BY facts DESC, source LIMIT 20`),
    never: async (a, b, day) => (await never(a, b, day))[0],
    overlap: async (a, day, end) => (await overlap(a, day, end))[0],
    reach: async (a, day) => (await reach(a, day))[0],
    append: (facts) => (facts.length === 1 ? insert(...facts[0]) : insert_many(facts)),
    close: () => close(opened),
  };
}
