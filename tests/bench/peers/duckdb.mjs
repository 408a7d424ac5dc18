// DuckDB through @duckdb/node-api: in process, prepared statements, one table sorted by source and
// begin, so that the bounds of its row groups leave most of it unread. (An index on the source was
// tried: it gains little and costs the load and each append more.)
import { first_year_from, kMemoryBytes, require, running_counts } from './common.mjs';

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
    'SELECT count(*), coalesce(sum(f.relation::BIGINT*1000003+f.target), 0)::BIGINT FROM facts f' +
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
    append: (facts) => (facts.length === 1 ? insert(...facts[0]) : insert_many(facts)),
    close: () => close(opened),
  };
}
