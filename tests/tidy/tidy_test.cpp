#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/tidy/rules.h"

namespace annals::tidy {

/// How GoogleTest shows a finding.
void PrintTo(const Finding& finding, std::ostream* out) {
  *out << finding.path << ":" << finding.line << ": " << finding.message;
}

namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Rule = std::vector<Finding> (*)(const SourceFile&);

auto finding_at(std::size_t line, const std::string& fragment) {
  return AllOf(Field("line", &Finding::line, line),
               Field("message", &Finding::message, HasSubstr(fragment)));
}

bool allows_include(Rule rule, const std::string& path, const std::string& header) {
  const std::string text = "#pragma once\n#include " + header + "\n";
  return rule({path, text}).empty();
}

bool layer_allows(const std::string& path, const std::string& header) {
  return allows_include(check_layers, path, "\"" + header + "\"");
}

bool wall_allows(const std::string& path, const std::string& header) {
  return allows_include(check_walls, path, "<" + header + ">");
}

// --- The tree ------------------------------------------------------------------------------------

TEST(Tidy, TheTreeKeepsEveryRule) {
  const std::vector<SourceFile> files = read_tree(ANNALS_SOURCE_DIR);
  std::vector<Finding> findings;
  for (const SourceFile& file : files) {
    for (Finding& finding : check_file(file)) findings.push_back(std::move(finding));
  }
  for (const Finding& finding : findings) {
    ADD_FAILURE() << ::testing::PrintToString(finding);
  }
}

TEST(Tidy, TheTreeIsReallyRead) {
  std::vector<std::string> paths;
  for (const SourceFile& file : read_tree(ANNALS_SOURCE_DIR)) paths.push_back(file.path);
  EXPECT_THAT(paths, ::testing::IsSupersetOf({"CMakeLists.txt", "run", "schema/base/result.h",
                                              "tests/tidy/rules.cpp"}));
}

TEST(Tidy, TheTopHoldsOnlyWhatIsKnown) {
  EXPECT_THAT(check_top_level(read_top_level(ANNALS_SOURCE_DIR)), IsEmpty());
}

// --- Planted violations: layers
// --------------------------------------------------------------------

TEST(Tidy, PlantedUpwardIncludeIsFound) {
  const SourceFile file = {"storage/database.cpp",
                           "#include <vector>\n\n#include \"query/query_engine.h\"\n"};
  EXPECT_THAT(check_layers(file), ElementsAre(finding_at(3, "query/query_engine.h")));
}

TEST(Tidy, PlantedIncludesBetweenFoldersAreFound) {
  EXPECT_FALSE(layer_allows("schema/event.h", "storage/database.h"));
  EXPECT_FALSE(layer_allows("storage/database.h", "ingest/pipeline.h"));
  EXPECT_FALSE(layer_allows("ingest/pipeline.cpp", "query/query_engine.h"));
  EXPECT_FALSE(layer_allows("query/query_engine.cpp", "ingest/pipeline.h"));
  EXPECT_FALSE(layer_allows("query/query_engine.cpp", "shell/shell.h"));
  EXPECT_FALSE(layer_allows("ingest/pipeline.cpp", "shell/shell.h"));
  EXPECT_FALSE(layer_allows("shell/shell.cpp", "tests/support/clock.h"));
}

TEST(Tidy, IncludesDownwardAreAllowed) {
  EXPECT_TRUE(layer_allows("storage/database.h", "schema/event.h"));
  EXPECT_TRUE(layer_allows("ingest/pipeline.h", "storage/event_log/event_log.h"));
  EXPECT_TRUE(layer_allows("query/query_engine.h", "storage/database.h"));
  EXPECT_TRUE(layer_allows("shell/main.cpp", "ingest/pipeline.h"));
  EXPECT_TRUE(layer_allows("shell/main.cpp", "query/query_engine.h"));
  EXPECT_TRUE(layer_allows("tests/query/parser/parser_test.cpp", "query/parser/parser.h"));
  EXPECT_TRUE(layer_allows("query/parser/parser.cpp", "query/parser/ast.h"));
}

TEST(Tidy, PlantedIncludesWithinSchemaAreFound) {
  EXPECT_FALSE(layer_allows("schema/base/result.h", "schema/ids.h"));
  EXPECT_FALSE(layer_allows("schema/base/result.h", "schema/time/date.h"));
  EXPECT_FALSE(layer_allows("schema/time/date.h", "schema/value.h"));
  EXPECT_TRUE(layer_allows("schema/time/date.h", "schema/base/result.h"));
  EXPECT_TRUE(layer_allows("schema/value.h", "schema/time/date.h"));
}

TEST(Tidy, PlantedIncludesWithinStorageAreFound) {
  EXPECT_FALSE(layer_allows("storage/kv/rocks_store.cpp", "storage/event_log/event_log.h"));
  EXPECT_FALSE(layer_allows("storage/kv/rocks_store.cpp", "storage/database.h"));
  EXPECT_FALSE(layer_allows("storage/event_log/event_log.h", "storage/graph_index/block.h"));
  EXPECT_FALSE(layer_allows("storage/event_log/event_log.h", "storage/projection/fold.h"));
  EXPECT_FALSE(layer_allows("storage/graph_index/block.h", "storage/projection/fold.h"));
  EXPECT_FALSE(layer_allows("storage/projection/fold.h", "storage/database.h"));
  EXPECT_TRUE(layer_allows("storage/graph_index/block.h", "storage/event_log/event_log.h"));
  EXPECT_TRUE(layer_allows("storage/projection/fold.h", "storage/event_log/event_log.h"));
  EXPECT_TRUE(layer_allows("storage/database.h", "storage/projection/fold.h"));
}

TEST(Tidy, PlantedIncludesWithinQueryAreFound) {
  EXPECT_FALSE(layer_allows("query/parser/parser.h", "query/planner/plan.h"));
  EXPECT_FALSE(layer_allows("query/parser/parser.h", "storage/database.h"));
  EXPECT_FALSE(layer_allows("query/planner/plan.h", "query/executor/scan.h"));
  EXPECT_FALSE(layer_allows("query/planner/plan.h", "query/query_engine.h"));
  EXPECT_FALSE(layer_allows("query/executor/scan.h", "query/query_engine.h"));
  EXPECT_FALSE(layer_allows("query/executor/scan.h", "query/commands/record.h"));
  EXPECT_FALSE(layer_allows("query/commands/record.h", "query/query_engine.h"));
  EXPECT_FALSE(layer_allows("query/datum.h", "query/planner/plan.h"));
  EXPECT_FALSE(layer_allows("query/datum.h", "query/query_engine.h"));
  EXPECT_TRUE(layer_allows("query/planner/plan.h", "query/datum.h"));
  EXPECT_TRUE(layer_allows("query/commands/record.h", "query/planner/plan.h"));
  EXPECT_TRUE(layer_allows("query/executor/scan.h", "query/planner/plan.h"));
  EXPECT_TRUE(layer_allows("query/query_engine.h", "query/executor/scan.h"));
}

TEST(Tidy, PlantedRelativeIncludeIsFound) {
  EXPECT_FALSE(layer_allows("storage/kv/rocks_store.cpp", "../database.h"));
}

// --- Planted violations: walls
// ---------------------------------------------------------------------

TEST(Tidy, PlantedRocksDbOutsideKvIsFound) {
  EXPECT_FALSE(wall_allows("storage/database.cpp", "rocksdb/db.h"));
  EXPECT_FALSE(wall_allows("storage/kv/rocks_store.h", "rocksdb/db.h"));
  EXPECT_TRUE(wall_allows("storage/kv/rocks_store.cpp", "rocksdb/db.h"));
  // The floor that benchmarks stand on, and nothing else there.
  EXPECT_TRUE(wall_allows("tests/bench/peers/rocksdb_floor.cpp", "rocksdb/db.h"));
  EXPECT_FALSE(wall_allows("tests/bench/peers/annals_side.cpp", "rocksdb/db.h"));
}

TEST(Tidy, PlantedCapnProtoOutsideTheCodecIsFound) {
  for (const char* header : {"capnp/message.h", "kj/string.h", "schema/event.capnp.h"}) {
    EXPECT_FALSE(wall_allows("schema/event_codec.h", header)) << header;
    EXPECT_FALSE(wall_allows("storage/event_log/event_log.cpp", header)) << header;
    EXPECT_TRUE(wall_allows("schema/event_decoder.cpp", header)) << header;
  }
  EXPECT_FALSE(wall_allows("schema/event.h", "schema/capnp_compat.h"));
}

TEST(Tidy, PlantedSpiritOutsideTheParserIsFound) {
  EXPECT_FALSE(wall_allows("query/planner/binder.cpp", "boost/spirit/home/x3.hpp"));
  EXPECT_TRUE(wall_allows("query/parser/core.h", "boost/spirit/home/x3.hpp"));
}

TEST(Tidy, PlantedLibrariesOutsideTheirFoldersAreFound) {
  EXPECT_FALSE(wall_allows("query/query_engine.cpp", "histedit.h"));
  EXPECT_FALSE(wall_allows("query/query_engine.cpp", "editline/readline.h"));
  EXPECT_FALSE(wall_allows("ingest/pipeline.cpp", "CLI/CLI.hpp"));
  EXPECT_FALSE(wall_allows("ingest/pipeline.cpp", "nlohmann/json.hpp"));
  EXPECT_FALSE(wall_allows("storage/database.cpp", "zstd.h"));
  EXPECT_FALSE(wall_allows("storage/database.cpp", "zlib.h"));
  EXPECT_FALSE(wall_allows("storage/kv/rocks_store.cpp", "openssl/evp.h"));
  EXPECT_TRUE(wall_allows("shell/line_reader.cpp", "histedit.h"));
  EXPECT_TRUE(wall_allows("tests/shell/shell_test.cpp", "nlohmann/json.hpp"));
  EXPECT_TRUE(wall_allows("ingest/input.cpp", "zstd.h"));
  EXPECT_TRUE(wall_allows("storage/event_log/commit_hash.cpp", "openssl/evp.h"));
}

// --- Planted violations: files
// ---------------------------------------------------------------------

std::string lines(std::size_t count) {
  std::string text;
  for (std::size_t line = 0; line < count; ++line) text += "// line\n";
  return text;
}

TEST(Tidy, PlantedLongFileIsFound) {
  EXPECT_THAT(check_size({"schema/event.h", lines(250)}), IsEmpty());
  EXPECT_THAT(check_size({"schema/event.h", lines(251)}), ElementsAre(finding_at(0, "251")));
  EXPECT_THAT(check_size({"schema/event.cpp", lines(600)}), IsEmpty());
  EXPECT_THAT(check_size({"schema/event.cpp", lines(601)}), ElementsAre(finding_at(0, "601")));
}

TEST(Tidy, PlantedHeaderWithoutPragmaOnceIsFound) {
  EXPECT_THAT(check_pragma_once({"schema/event.h", "struct Event {};\n"}), SizeIs(1));
  EXPECT_THAT(check_pragma_once({"schema/event.h", "#pragma once\n"}), IsEmpty());
  EXPECT_THAT(check_pragma_once({"schema/event.cpp", "int x;\n"}), IsEmpty());
}

TEST(Tidy, PlantedWordsAreFound) {
  for (const std::string& word : {in_two_parts("TO", "DO"), in_two_parts("FIX", "ME"),
                                  in_two_parts("XX", "X"), in_two_parts("HA", "CK")}) {
    const SourceFile file = {"schema/event.h", "#pragma once\n// " + word + ": later\n"};
    EXPECT_THAT(check_words(file), ElementsAre(finding_at(2, word)));
  }
  const std::string whole = in_two_parts("using namespace ", "std");
  EXPECT_THAT(check_words({"query/a.cpp", whole + ";\n"}), SizeIs(1));
  EXPECT_THAT(check_words({"query/a.cpp", whole + "::literals;\n"}), IsEmpty());
  EXPECT_THAT(check_words({"query/a.cpp", "// 19XX and XXXX are dates\n"}), IsEmpty());
}

TEST(Tidy, PlantedOutputOutsideTheShellIsFound) {
  const std::string text = in_two_parts("std::", "cout << 1;\n");
  EXPECT_THAT(check_words({"query/a.cpp", text}), SizeIs(1));
  EXPECT_THAT(check_words({"shell/a.cpp", text}), IsEmpty());
}

TEST(Tidy, PlantedBlanksAreFound) {
  EXPECT_THAT(check_blanks({"schema/a.cpp", "int a;\n\tint b;\n"}),
              ElementsAre(finding_at(2, "tab")));
  EXPECT_THAT(check_blanks({"schema/a.cpp", "int a; \n"}), ElementsAre(finding_at(1, "blanks")));
  EXPECT_THAT(check_blanks({"schema/a.cpp", "int a;\r\n"}), ElementsAre(finding_at(1, "blanks")));
  EXPECT_THAT(check_blanks({"schema/a.cpp", "int a;"}), ElementsAre(finding_at(1, "newline")));
  EXPECT_THAT(check_blanks({"schema/a.cpp", "int a;\n"}), IsEmpty());
}

TEST(Tidy, PlantedPlacesAreFound) {
  for (const std::string& place :
       {in_two_parts("/wo", "rk/main"), in_two_parts("/ho", "me/me"), in_two_parts("/ro", "ot/x"),
        in_two_parts("http://reg", "istry.x"), in_two_parts("https://pypi", ".org/simple")}) {
    EXPECT_THAT(check_places({"docs/a.md", "See " + place + " for more\n"}), SizeIs(1)) << place;
  }
  const std::string below = in_two_parts("a/ho", "me/b, https://example.org/x\n");
  EXPECT_THAT(check_places({"docs/a.md", below}), IsEmpty());
}

TEST(Tidy, PlantedNamesAreFound) {
  EXPECT_THAT(check_name({"schema/EventLog.h", ""}), SizeIs(1));
  EXPECT_THAT(check_name({"schema/event-log.cpp", ""}), SizeIs(1));
  EXPECT_THAT(check_name({"schema/Time/date.h", ""}), SizeIs(1));
  EXPECT_THAT(check_name({"schema/event_log2.h", ""}), IsEmpty());
  EXPECT_THAT(check_name({"docs/README.md", ""}), IsEmpty());
}

TEST(Tidy, PlantedTopLevelEntryIsFound) {
  EXPECT_THAT(check_top_level({"schema", "common", ".git", "run", "notes.txt"}), SizeIs(2));
}

TEST(Tidy, EveryRuleIsAppliedToAFile) {
  std::string text = "\t// " + in_two_parts("TO", "DO ") + in_two_parts("/wo", "rk/x\n") +
                     "#include \"query/a.h\"\n#include <rocksdb/db.h>\n";
  text += lines(250);
  EXPECT_THAT(check_file({"schema/Bad.h", text}), SizeIs(8));
}

}  // namespace
}  // namespace annals::tidy
