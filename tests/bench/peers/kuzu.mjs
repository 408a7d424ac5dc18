// Kuzu: in process, prepared statements, entities as nodes and facts as relationships with their
// relation and days; COPY builds the index in both directions.
import fs from 'fs';
import { first_year_from, kMemoryBytes, require, running_counts, year_counts } from './common.mjs';

function open(folder) {
  const kuzu = require('kuzu');
  const database = new kuzu.Database(`${folder}/facts.kuzu`, 4 * kMemoryBytes);
  return { database, connection: new kuzu.Connection(database) };
}

function close({ database, connection }) {
  connection.closeSync();
  database.closeSync();
}

const rows_of = (result) => {
  const last = Array.isArray(result) ? result[result.length - 1] : result;
  const rows = last.getAllSync();
  last.close();
  return rows.map((row) => Object.values(row).map(Number));
};

export const version = () => require('kuzu').VERSION;

export async function load(csv, folder, entities) {
  const opened = open(folder);
  const run = (statement) => rows_of(opened.connection.querySync(statement));
  const nodes = `${folder}/nodes.csv`;
  fs.writeFileSync(nodes, Array.from({ length: entities }, (_, id) => `${id}\n`).join(''));
  run('CREATE NODE TABLE Node(id INT64 PRIMARY KEY)');
  run('CREATE REL TABLE Fact(FROM Node TO Node, relation INT32, begin_day INT32, end_day INT32)');
  run(`COPY Node FROM '${nodes}' (header=false)`);
  run('COPY Fact FROM (LOAD WITH HEADERS (source INT64, relation INT32, target INT64,' +
      ` begin_day INT32, end_day INT32) FROM '${csv}' (header=true)` +
      ' RETURN source, target, relation, begin_day, end_day)');
  run('CHECKPOINT');
  close(opened);
  fs.unlinkSync(nodes);
}

export async function connect(folder) {
  const opened = open(folder);
  const { connection } = opened;
  const prepared = (statement) => {
    const plan = connection.prepareSync(statement);
    if (!plan.isSuccess()) throw new Error(plan.getErrorMessage());
    return (values) => rows_of(connection.executeSync(plan, values));
  };
  const run = (statement) => rows_of(connection.querySync(statement));
  const alive = (fact) => `${fact}.begin_day<=$day AND ${fact}.end_day>$day`;
  const neighbours = prepared(
    `MATCH (a:Node {id:$a})-[f:Fact]->(b:Node) WHERE ${alive('f')} RETURN f.relation, b.id`);
  const count = prepared(`MATCH (a:Node {id:$a})-[f:Fact]->(b:Node) WHERE ${alive('f')}` +
                         ' RETURN count(*), coalesce(sum(b.id), 0)');
  // Without the hint Kuzu 0.11 scans all facts for the second hop.
  const two_hops = prepared(
    `MATCH (a:Node)-[f:Fact]->(b:Node)-[g:Fact]->(c:Node) WHERE a.id=$a AND ${alive('f')}` +
    ` AND ${alive('g')} HINT (((a JOIN f) JOIN b) JOIN g) JOIN c` +
    ' WITH DISTINCT c.id AS id RETURN count(*), coalesce(sum(id), 0)');
  const history = prepared('MATCH (a:Node {id:$a})-[f:Fact]->(b:Node)' +
                           ' RETURN f.relation, b.id, f.begin_day, f.end_day ORDER BY f.begin_day');
  const snapshot = prepared(
    `MATCH ()-[f:Fact]->() WHERE ${alive('f')} RETURN f.relation, count(*)`);
  const changes = (day, sign) => prepared('MATCH ()-[f:Fact]->() WHERE f.relation=$a' +
                                          ` RETURN ${first_year_from(day)}, ${sign}count(*)`);
  const begins = changes('f.begin_day', '');
  const ends = changes('f.end_day', '-');
  // Parameters are refused within the pattern's filter, so that the text holds the numbers.
  const path = (a, b, day) => run(
    `MATCH (a:Node {id:${a}})-[p:Fact* SHORTEST 1..6 (f, n | WHERE f.begin_day<=${day}` +
    ` AND f.end_day>${day})]->(b:Node {id:${b}}) RETURN length(p) LIMIT 1`);
  const overlapping = 'f.begin_day<g.end_day AND g.begin_day<f.end_day';
  const later = '(CASE WHEN f.begin_day>g.begin_day THEN f.begin_day ELSE g.begin_day END)';
  const earlier = '(CASE WHEN f.end_day<g.end_day THEN f.end_day ELSE g.end_day END)';
  const together = prepared(
    'MATCH (a:Node {id:$a})-[f:Fact]->(x:Node)<-[g:Fact]-(b:Node {id:$b})' +
    ` WHERE ${overlapping} WITH x.id AS x, ${first_year_from(later)} AS first,` +
    ` ${first_year_from(earlier)} - 1 AS last` +
    ' UNWIND range(first, CASE WHEN last>124 THEN 124 ELSE last END) AS year' +
    ' RETURN year, count(DISTINCT x)');
  const of_relation = (fact) => `${fact}.relation=$a AND ${alive(fact)}`;
  const triangles = prepared(
    'MATCH (x:Node)-[f:Fact]->(y:Node)-[g:Fact]->(z:Node)-[h:Fact]->(x)' +
    ` WHERE ${of_relation('f')} AND ${of_relation('g')} AND ${of_relation('h')}` +
    ' AND (x.id<>y.id OR y.id<>z.id) RETURN count(*)');
  const top = prepared(`MATCH (a:Node)-[f:Fact]->() WHERE ${alive('f')}` +
                       ' RETURN a.id AS a, count(*) AS facts ORDER BY facts DESC, a LIMIT 20');
  // Nor are parameters known within EXISTS.
  const never = (a, b, day) => run(
    `MATCH (x:Node)-[f:Fact]->(a:Node {id:${a}}) WHERE f.begin_day<=${day} AND f.end_day>${day}` +
    ` AND NOT EXISTS { MATCH (x)-[g:Fact]->(b:Node {id:${b}}) }` +
    ' WITH DISTINCT x.id AS id RETURN count(*), coalesce(sum(id), 0)');
  const overlap = prepared(
    'MATCH ()-[f:Fact]->(b:Node) WHERE f.relation=$a AND f.begin_day<$behind AND f.end_day>$day' +
    ' RETURN count(*), coalesce(sum(b.id), 0)');
  const reach = (a, day) => run(
    `MATCH (a:Node {id:${a}})-[p:Fact* SHORTEST 1..4 (f, n | WHERE f.begin_day<=${day}` +
    ` AND f.end_day>${day})]->(x:Node) WHERE x.id<>${a}` +
    ' RETURN count(*), coalesce(sum(x.id), 0)');
  const insert = prepared(
    'MATCH (a:Node {id:$source}), (b:Node {id:$target}) CREATE (a)' +
    '-[:Fact {relation:$relation, begin_day:$begin_day, end_day:$end_day}]->(b)');
  const insert_one = ([source, relation, target, begin_day, end_day]) =>
    insert({ source, relation, target, begin_day, end_day });
  const insert_many = (facts) => {
    run('BEGIN TRANSACTION');
    facts.forEach(insert_one);
    run('COMMIT');
  };
  return {
    neighbours: (a, day) => neighbours({ a, day }),
    hub_count: (a, day) => count({ a, day })[0],
    two_hops: (a, day) => two_hops({ a, day })[0],
    history: (a) => history({ a }),
    snapshot: (day) => snapshot({ day }),
    timeline: (a) => running_counts([...begins({ a }), ...ends({ a })]),
    path: (a, b, day) => path(a, b, day)[0]?.[0] ?? -1,
    together: (a, b) => year_counts(together({ a, b })),
    triangles: (a, day) => triangles({ a, day })[0][0],
    top: (day) => top({ day }),
    never: (a, b, day) => never(a, b, day)[0],
    overlap: (a, day, end) => overlap({ a, day, behind: end })[0],
    reach: (a, day) => reach(a, day)[0],
    append: (facts) => (facts.length === 1 ? insert_one(facts[0]) : insert_many(facts)),
    close: () => close(opened),
  };
}
