# What one commit of the event log holds. docs/event_log_format.md describes the bytes around it.
#
# Rules of evolution; whoever changes this file adds a line to docs/format_history.md.
#   1. A member's number, type, default value and place in or out of a union never change, and
#      nothing is removed. What is no longer wanted is renamed to obsolete...
#   2. New members get the next number and a default that means "as before".
#   3. A new member of a union, or a new meaning that an older program would get wrong, raises the
#      format version in log_format.h. An older program then refuses the commit.
#   4. tests/golden/ holds a commit of each version; it is never written again.
#
# Enumerations are plain numbers. Those in schema/event.h and schema/vocabulary.h are meant.

@0xc7c737f54927e9a9;

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("annals::stored");

# A name of a kind, role, relation, property or entity type: from 1 in order of first use, over the
# whole log. 0 is none, where none is allowed.
using SymbolNumber = UInt32;

# An entity's number (from 1, over the whole log) times two, or an event's sequence times two plus
# one.
using NodeNumber = UInt64;

# Place of a text in the commit's `texts` plus one; 0 is the empty text. A source that a thousand
# events name is stored once.
using TextNumber = UInt32;

# Place of a date in the commit's `dates` plus one; 0 is none.
using DateNumber = UInt32;

struct Commit {
  firstSymbol @0 :UInt32;         # Number of the first of `symbols`.
  firstEntity @1 :UInt64;         # Number of the first of `entities`.
  symbols @2 :List(Text);         # Names used for the first time.
  entities @3 :List(NewEntity);   # Entities named for the first time.
  events @4 :List(Event);
  texts @5 :List(Text);           # In order of first use, each once (identifiers are not compared).
  dates @6 :List(Date);           # In order of first use, each once.
  # Of format 4:
  tabled @7 :UInt32;              # How many of the commit's events stand in tables.
}

struct NewEntity {
  type @0 :SymbolNumber;
  name @1 :Text;                  # Its canonical name.
}

# A date's bounds in microseconds since 1970 UTC. The lengths of intervals of bounds are stored, not
# their ends: they are 0 for exact dates, and small for the others.
struct Date {
  earliest @0 :Int64;             # begin.earliest
  width @1 :UInt64;               # begin.latest - begin.earliest
  endEarliest @2 :Int64;          # end.earliest; only if isInterval
  endWidth @3 :UInt64;            # end.latest - end.earliest; only if isInterval
  text @4 :TextNumber;            # As written. 0: the begin is exact, and the text is its plain
                                  # form (2008-08-18, 2024-01-05T10:00:00.5Z).
  precision @5 :UInt8;
  isInterval @6 :Bool;
  uncertain @7 :Bool;
  approximate @8 :Bool;
}

struct Event {
  status @0 :UInt8;
  on @1 :DateNumber;
  until @2 :DateNumber;
  said @3 :DateNumber;
  id @4 :TextNumber;
  source @5 :TextNumber;
  reason @6 :TextNumber;

  # Nearly all events are occurrences: theirs lies in the event, the others behind a pointer.
  union {
    occurrence :group {
      kind @7 :SymbolNumber;
      fillings @8 :List(Filling);      # Those of a role stand together, roles by number.
      attributes @9 :List(NamedValue); # By number.
    }
    assertion @10 :Assertion;
    naming @11 :Naming;
    entityType @12 :EntityType;
    relation @13 :Relation;
    kind @14 :Kind;
    # Of format 2:
    correction @15 :Correction;
    retraction @16 :Retraction;
    replay @17 :Void;
    # Of format 3:
    padding @18 :Padding;
    # Of format 4. Not an event, but several that are alike; the members above are not set. Tables
    # come before events, in the order of their first ones.
    table @19 :EventTable;
  }
}

# Events that differ in numbers only, column by column. Nearly all of a bulk load are such.
struct EventTable {
  count @0 :UInt32;
  places @13 :Column;             # In the commit, from 0, ascending; less the row's number.
  # Of Event:
  status @1 :Column;
  on @2 :Column;
  until @3 :Column;
  said @4 :Column;
  id @5 :Column;
  source @6 :Column;
  reason @7 :Column;
  nodes @8 :List(Column);         # Of an occurrence one for each filling; of an assertion source
                                  # and target.
  union {
    occurrence :group {
      kind @9 :SymbolNumber;
      roles @10 :List(SymbolNumber); # Of each filling; those of a role stand together.
    }
    assertion :group {
      relation @11 :SymbolNumber;
      momentary @12 :Bool;
    }
  }
}

# As many numbers as the table has events: schema/base/packed_numbers.h. A null pointer: all are 0.
struct Column {
  base @0 :UInt64;
  unit @1 :UInt64 = 1;
  width @2 :UInt8;
  codes @3 :Data;                 # With eight zero bytes behind them; null if width is 0.
}

# Parts of what an earlier event says, said anew.
struct Correction {
  target @0 :UInt64;              # The event's sequence.
  parts @1 :UInt8;                # Sum of: 1 on, 2 until, 4 said, 8 status, 16 source.
  status @2 :UInt8;
  on @3 :DateNumber;
  until @4 :DateNumber;
  said @5 :DateNumber;
  source @6 :TextNumber;
  fillings @7 :List(Filling);     # Those of a role stand together, roles by number.
  attributes @8 :List(NamedValue); # By number.
  cleared @9 :List(SymbolNumber); # Roles that nothing fills any more, by number.
}

struct Retraction {
  target @0 :UInt64;
}

# One node in one role. A list for each role would take two words more for each of them.
struct Filling {
  role @0 :SymbolNumber;
  node @1 :NodeNumber;
}

# What fills a role that holds a value, or a property of a fact.
struct NamedValue {
  name @0 :SymbolNumber;
  value @1 :Value;
}

struct Value {
  union {
    null @0 :Void;
    boolean @1 :Bool;
    integer @2 :Int64;
    float @3 :Float64;
    text @4 :TextNumber;
    date @5 :DateNumber;
    list @6 :List(Value);
  }
}

struct Assertion {
  source @0 :NodeNumber;
  target @1 :NodeNumber;
  relation @2 :SymbolNumber;
  momentary @3 :Bool;
  properties @4 :List(NamedValue); # By number.
}

struct Naming {
  entity @0 :NodeNumber;
  aliases @1 :List(Text);
  identifiers @2 :List(Text);
}

struct EntityType {
  name @0 :SymbolNumber;
}

struct Relation {
  name @0 :SymbolNumber;
  sourceType @1 :SymbolNumber;    # 0: any node.
  targetType @2 :SymbolNumber;
}

struct Kind {
  name @0 :SymbolNumber;
  roles @1 :List(Role);
  effects @2 :List(Effect);
  # Of format 3:
  bounds @3 :List(Bound);
  checks @4 :List(Check);
}

# The beginning of Kind: all there was of it until format 3. A kind that has no more is written as
# this, so that it has the bytes that it always had, and is read as a Kind.
struct PlainKind {
  name @0 :SymbolNumber;
  roles @1 :List(Role);
  effects @2 :List(Effect);
}

struct Role {
  name @0 :SymbolNumber;
  nodeType @1 :SymbolNumber;      # 0 unless `type` is that of a node of one type.
  type @2 :UInt8;
  optional @3 :Bool;
  many @4 :Bool;
}

# Roles are places in Kind.roles; 65535 is the event itself, or for nameRole none.
struct Effect {
  type @0 :UInt8;
  source @1 :UInt16;
  target @2 :UInt16;
  name @3 :SymbolNumber;          # 0 if nameRole gives it.
  nameRole @4 :UInt16 = 65535;
  properties @5 :List(EffectProperty);
}

struct EffectProperty {
  name @0 :SymbolNumber;
  role @1 :UInt16;
}

# `later` must not surely lie at or before `earlier`.
struct Bound {
  later @0 :BoundInstant;
  earlier @1 :BoundInstant;
}

struct BoundInstant {
  source @0 :UInt8;
  ofEnd @1 :Bool;                 # The end of a date that lasts, not its begin.
  role @2 :UInt16;                # Place in Kind.roles; 0 unless `source` is a role.
}

struct Check {
  condition @0 :Condition;
  message @1 :TextNumber;
}

# One part of a condition and what it is made of.
struct Condition {
  operator @0 :UInt8;
  role @1 :UInt16;                # Place in Kind.roles; 0 unless `operator` is a role.
  literal @2 :Value;              # Null unless `operator` is a literal.
  operands @3 :List(Condition);
}

# What `~` adds on each side of dates that are written from now on.
struct Padding {
  dayDays @0 :Int32;
  monthMonths @1 :Int32;
  yearYears @2 :Int32;
  longerPercent @3 :Int32;
}
