// node harness.mjs load|ask|first|append PEER FOLDER ENTITIES SECONDS
// Runs one phase for one peer and writes what it measured as lines of JSON, which peer_side.cpp
// reads. FOLDER holds facts.csv and picks.csv; the peer's database is FOLDER/PEER. Packages are
// those of the working folder. Exit code 3: the peer is not installed, or does not work here.
import fs from 'fs';
import { kOpen } from './common.mjs';

const [phase, peer, folder, entities_text, seconds_text] = process.argv.slice(2);
const entities = Number(entities_text);
const seconds = Number(seconds_text);
const database = `${folder}/${peer}`;

const now_us = () => Number(process.hrtime.bigint()) / 1e3;
const cpu_us = () => { const { user, system } = process.cpuUsage(); return user + system; };
const message_of = (error) => String(error.message ?? error).split('\n')[0].slice(0, 200);
const print = (line) => fs.writeSync(1, JSON.stringify(line) + '\n');

async function adapter() {
  try {
    const loaded = await import(new URL(`./${peer}.mjs`, import.meta.url));
    print({ version: await loaded.version() });
    return loaded;
  } catch (error) {
    print({ missing: message_of(error) });
    process.exit(3);
  }
}

// --- Answers, as arrays.cpp sums them up ---------------------------------------------------------

const number_pair = ([count, sum]) => [Number(count), Number(sum)];
const sum_facts = (rows) =>
  [rows.length, rows.reduce((sum, [relation, target]) => sum + relation * 1000003 + target, 0)];
const sum_history = (rows) => [rows.length, rows.reduce(
  (sum, [relation, target, begin, end], i) =>
    sum + (i % 1000 + 1) * begin + relation * 1000003 + target + end, 0)];
const sum_snapshot = (rows) => rows.reduce(
  ([count, sum], [relation, alive]) =>
    [count + Number(alive), sum + relation * Number(alive)], [0, 0]);
const sum_timeline = (counts) => [counts.reduce((sum, count) => sum + count, 0),
                                  counts.reduce((sum, count, year) => sum + (year + 1) * count, 0)];
const sum_top = (rows) => rows.reduce(
  ([count, sum], [entity, facts], i) =>
    [count + Number(facts), sum + (i + 1) * Number(entity)], [0, 0]);
const just_count = (count) => [Number(count), 0];

const questions = {
  neighbours: [(db, { a, day }) => db.neighbours(a, day), sum_facts],
  hub: [(db, { a, day }) => db.neighbours(a, day), sum_facts],
  hub_count: [(db, { a, day }) => db.hub_count(a, day), number_pair],
  deep: [(db, { a, day }) => db.neighbours(a, day), sum_facts],
  two_hops: [(db, { a, day }) => db.two_hops(a, day), number_pair],
  history: [(db, { a }) => db.history(a), sum_history],
  snapshot: [(db, { day }) => db.snapshot(day), sum_snapshot],
  timeline: [(db, { a }) => db.timeline(a), sum_timeline],
  path: [(db, { a, b, day }) => db.path(a, b, day), just_count],
  together: [(db, { a, b }) => db.together(a, b), sum_timeline],
  triangles: [(db, { a, day }) => db.triangles(a, day), just_count],
  top: [(db, { day }) => db.top(day), sum_top],
  never: [(db, { a, b, day }) => db.never(a, b, day), number_pair],
  overlap: [(db, { a, day, end }) => db.overlap(a, day, end), number_pair],
  reach: [(db, { a, day }) => db.reach(a, day), number_pair],
};

function read_picks() {
  const picks = {};
  for (const line of fs.readFileSync(`${folder}/picks.csv`, 'utf8').trim().split('\n').slice(1)) {
    const [question, ...numbers] = line.split(',');
    const [a, b, day, end, count, sum] = numbers.map(Number);
    (picks[question] ??= []).push({ a, b, day, end, count, sum });
  }
  return picks;
}

// --- Measuring, as measure.h does ----------------------------------------------------------------

const kRounds = 3;
const kPicksMin = 5;

function timing_of(micros) {
  micros.sort((a, b) => a - b);
  return { count: micros.length, mean: micros.reduce((sum, one) => sum + one, 0) / micros.length,
           median: micros[Math.floor(micros.length / 2)],
           p99: micros[Math.floor(micros.length * 99 / 100)] };
}

async function measure(db, picks, [ask, sum_up], budget_us) {
  const best = [];
  let wrong = 0, calls = 0;
  for (let i = 0; i < kRounds; ++i) await ask(db, picks[i]);
  const cpu = cpu_us(), begun = now_us();
  // Summing up is not the peer's work: its CPU time is taken off again.
  let summing = 0;
  for (let round = 0; round < kRounds && now_us() - begun < budget_us; ++round) {
    const count = round === 0 ? picks.length : best.length;
    for (let i = 0; i < count; ++i, ++calls) {
      const start = now_us();
      const found = await ask(db, picks[i]);
      const micros = now_us() - start;
      if (round > 0) { best[i] = Math.min(best[i], micros); continue; }
      best.push(micros);
      const summed = now_us();
      const [answer_count, answer_sum] = sum_up(found);
      if (answer_count !== picks[i].count || answer_sum !== picks[i].sum) {
        if (wrong++ === 0) console.error(peer, 'is wrong:', picks[i], answer_count, answer_sum);
      }
      summing += now_us() - summed;
      if (best.length >= kPicksMin && now_us() - begun > budget_us / kRounds) break;
    }
  }
  const cpu_mean = (cpu_us() - cpu - summing) / calls;
  return { ...timing_of(best), cpu: cpu_mean, wrong };
}

// --- Phases --------------------------------------------------------------------------------------

/** What this process had resident at most; not what its parent had when it was forked off. */
function peak_megabytes() {
  return Number(fs.readFileSync('/proc/self/status', 'utf8').match(/VmHWM:\s+(\d+)/)[1]) / 1024;
}

async function load() {
  const { load } = await adapter();
  fs.rmSync(database, { recursive: true, force: true });
  fs.mkdirSync(database);
  const cpu = cpu_us(), start = now_us();
  await load(`${folder}/facts.csv`, database, entities);
  print({ load: { wall_s: (now_us() - start) / 1e6, cpu_s: (cpu_us() - cpu) / 1e6,
                  memory_mb: peak_megabytes() } });
}

async function ask() {
  const { connect } = await adapter();
  const db = await connect(database);
  const picks = read_picks();
  for (const [name, question] of Object.entries(questions)) {
    if (db.not_asked?.includes(name)) {
      print({ question: name, not_asked: true });
      continue;
    }
    const budget_us = (name === 'path' ? 10 : 1) * seconds * 1e6;
    try {
      print({ question: name, ...await measure(db, picks[name], question, budget_us) });
    } catch (error) {
      print({ question: name, error: message_of(error) });
    }
  }
  await db.close();
}

// Loading the package counts, starting Node.js does not.
async function first() {
  const pick = read_picks().neighbours[0];
  const start = now_us();
  const { connect } = await adapter();
  const db = await connect(database);
  await db.neighbours(pick.a, pick.day);
  print({ first_ms: (now_us() - start) / 1e3 });
  await db.close();
}

// As appends.h and AnnalsSide::commit() do.
const kBatchEvents = 1000;
const kAppendSeconds = 20;

async function measure_commits(commits, events, commit) {
  const micros = [], cpu = cpu_us(), begun = now_us();
  while (micros.length < commits && now_us() - begun < kAppendSeconds * 1e6) {
    const start = now_us();
    await commit();
    micros.push((now_us() - start) / events);
  }
  return { cpu: (cpu_us() - cpu) / (micros.length * events), ...timing_of(micros), wrong: 0 };
}

async function append() {
  const { connect } = await adapter();
  const db = await connect(database);
  let appended = 0;
  const next_fact = () => {
    const i = appended++;
    return [i * 7919 % entities, Math.floor(i / entities) % 20 + 1, (i * 104729 + 1) % entities,
            45656 + Math.floor(i / kBatchEvents), kOpen];
  };
  const commit = (events) => db.append(Array.from({ length: events }, next_fact));
  print({ append: 'one', ...await measure_commits(1000, 1, () => commit(1)) });
  print({ append: 'many', ...await measure_commits(100, kBatchEvents, () => commit(kBatchEvents)) });
  await db.close();
}

try {
  await { load, ask, first, append }[phase]();
} catch (error) {
  print({ failed: message_of(error) });
  process.exit(1);
}
process.exit(0);
