#include "ingest/byte_source.h"

#include <sys/stat.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/ingest/archives.h"
#include "tests/ingest/files.h"
#include "tests/support/temp_folder.h"

namespace annals::ingest {
namespace {

using namespace std::string_view_literals;
using ::testing::HasSubstr;
using tests::bytes_of;
using tests::TempFolder;
using tests::write_file;

/// All bytes of a source, read `piece` bytes at a time.
Result<std::string> read_all(ByteSource& source, std::size_t piece = 1000) {
  std::string all;
  std::vector<char> buffer(piece);
  for (;;) {
    ANNALS_TRY(const std::size_t count, source.read(buffer));
    if (count == 0) return all;
    all.append(buffer.data(), count);
  }
}

/// What `stored` holds once it is decompressed, given in pieces of `stored_piece` bytes.
Result<std::string> unpack(std::string stored, std::size_t piece = 1000,
                           std::size_t stored_piece = SIZE_MAX) {
  ANNALS_TRY(const auto source,
             decompressed(memory_source("table.csv", std::move(stored), stored_piece)));
  ANNALS_TRY(std::string text, read_all(*source, piece));
  EXPECT_EQ(source->bytes_read(), source->bytes_total());
  return text;
}

Error error_of(std::string stored) {
  const Result<std::string> text = unpack(std::move(stored));
  EXPECT_FALSE(text.has_value()) << "it was read: " << *text;
  return text ? Error(ErrorCode::kUnsupported, "no error") : text.error();
}

// --- Files ---------------------------------------------------------------------------------------

TEST(ByteSourceTest, AFileIsReadToItsEndAndItsSizeIsKnown) {
  const TempFolder folder;
  write_file(folder.file("a.csv"), "name\nGeorgia\n");
  const auto source = open_file(folder.file("a.csv"));
  ASSERT_TRUE(source.has_value()) << format_error(source.error());
  EXPECT_EQ((*source)->bytes_total(), 13U);
  EXPECT_EQ((*source)->bytes_read(), 0U);
  EXPECT_EQ(*read_all(**source, 5), "name\nGeorgia\n");
  EXPECT_EQ((*source)->bytes_read(), 13U);
  EXPECT_EQ((*source)->name(), folder.file("a.csv"));
}

TEST(ByteSourceTest, AFileThatDoesNotExistIsNotFound) {
  const auto source = open_file("/nowhere/at/all.csv");
  ASSERT_FALSE(source.has_value());
  EXPECT_EQ(source.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(source.error().message, "there is no file '/nowhere/at/all.csv'");
  EXPECT_EQ(source.error().place.file, "/nowhere/at/all.csv");
}

TEST(ByteSourceTest, FoldersDevicesAndPipesAreRefusedWithoutWaiting) {
  const TempFolder folder;
  write_file(folder.file("x"), "");
  const std::string pipe = folder.file("pipe");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  for (const std::string& path : {folder.path(), std::string("/dev/null"), pipe}) {
    const auto source = open_file(path);
    ASSERT_FALSE(source.has_value()) << path;
    EXPECT_EQ(source.error().code, ErrorCode::kInvalidArgument) << path;
  }
}

// --- Decompression -------------------------------------------------------------------------------

TEST(ByteSourceTest, CompressionIsToldFromTheBytesAndNotFromTheName) {
  EXPECT_EQ(*unpack(std::string(tests::kSmallTable)), tests::kSmallTable);
  EXPECT_EQ(*unpack(bytes_of(tests::kSmallTableGzip)), tests::kSmallTable);
  EXPECT_EQ(*unpack(bytes_of(tests::kSmallTableZstd)), tests::kSmallTable);
}

TEST(ByteSourceTest, PiecesOfAnySizeGiveTheSameBytes) {
  for (const std::size_t piece : {1U, 2U, 7U, 1000U}) {
    for (const std::size_t stored_piece : {1U, 3U, 1000U}) {
      EXPECT_EQ(*unpack(std::string(tests::kSmallTable), piece, stored_piece), tests::kSmallTable);
      EXPECT_EQ(*unpack(bytes_of(tests::kSmallTableGzip), piece, stored_piece), tests::kSmallTable);
      EXPECT_EQ(*unpack(bytes_of(tests::kSmallTableZstd), piece, stored_piece), tests::kSmallTable);
    }
  }
}

TEST(ByteSourceTest, SeveralMembersAndFramesAreReadOneAfterTheOther) {
  const std::string twice = std::string(tests::kSmallTable) + std::string(tests::kSmallTable);
  for (const std::string_view archive : {tests::kSmallTableGzip, tests::kSmallTableZstd}) {
    for (const std::size_t piece : {1U, 10U, 1000U}) {
      EXPECT_EQ(*unpack(bytes_of(archive) + bytes_of(archive), piece, piece), twice);
    }
  }
}

TEST(ByteSourceTest, ZerosAfterGzipAndFramesToBeSkippedBeforeZstdAreNotData) {
  EXPECT_EQ(*unpack(bytes_of(tests::kSmallTableGzip) + std::string(512, '\0')), tests::kSmallTable);
  const std::string skippable = std::string("\x53\x2A\x4D\x18\x03\x00\x00\x00"sv) + "abc";
  EXPECT_EQ(*unpack(skippable + bytes_of(tests::kSmallTableZstd)), tests::kSmallTable);
}

TEST(ByteSourceTest, EmptyFilesAreEmpty) {
  EXPECT_EQ(*unpack(""), "");
  EXPECT_EQ(*unpack("x"), "x");
}

TEST(ByteSourceTest, AnArchiveCutOffAnywhereIsAnErrorAndNeverAShorterText) {
  for (const std::string_view archive : {tests::kSmallTableGzip, tests::kSmallTableZstd}) {
    const std::string bytes = bytes_of(archive);
    // Fewer bytes than these are no archive.
    for (std::size_t length = 4; length < bytes.size(); ++length) {
      const Error error = error_of(bytes.substr(0, length));
      EXPECT_EQ(error.code, ErrorCode::kInvalidArgument);
      EXPECT_THAT(error.message, HasSubstr("ends in the middle of its "));
    }
  }
}

TEST(ByteSourceTest, AFlippedBitOfAChecksummedArchiveIsFound) {
  const std::string good = bytes_of(tests::kSmallTableGzip);
  // The bytes 4 to 9 of the header are a time and notes that decompression ignores.
  for (std::size_t i = 10; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 0x10);
    const Result<std::string> text = unpack(bad);
    // The last bits of the last compressed byte are filling.
    if (text) {
      EXPECT_EQ(*text, tests::kSmallTable) << i;
    }
    if (!text) {
      EXPECT_EQ(text.error().code, ErrorCode::kInvalidArgument) << i;
    }
  }
}

TEST(ByteSourceTest, GarbageBehindAnArchiveIsAnError) {
  EXPECT_THAT(error_of(bytes_of(tests::kSmallTableGzip) + "more").message,
              HasSubstr("garbage at its end"));
  EXPECT_THAT(error_of(bytes_of(tests::kSmallTableZstd) + "more").message, HasSubstr("damaged"));
}

TEST(ByteSourceTest, ABombIsStoppedByTheExpansionLimit) {
  const Error error = error_of(bytes_of(tests::kBombZstd));
  EXPECT_EQ(error.code, ErrorCode::kLimitExceeded);
  EXPECT_THAT(error.message, HasSubstr("LoadExpansionMax = 1000"));
}

TEST(ByteSourceTest, OtherArchivesAreNamedAndRefused) {
  const std::vector<std::pair<std::string_view, std::string_view>> kRows = {
      {"\xFD\x37zXZ\0\0\4"sv, "an xz archive"},
      {"PK\x03\x04\x14\0\0\0"sv, "a zip archive or a spreadsheet"},
      {"BZh91AY&SY\0\0"sv, "a bzip2 archive"},
      {"PAR1\x15\x04"sv, "a Parquet file"},
      {"SQLite format 3\0more"sv, "an SQLite database"},
      {"%PDF-1.7 and so on"sv, "a PDF document"},
      {"\xFF\xFEn\0a\0"sv, "text in UTF-16"},
      {"\xFE\xFF\0n\0a"sv, "text in UTF-16"},
      {"{\"name\": \"Georgia\"}\n"sv, "JSON"},
      {"[{\"name\": 1}]"sv, "JSON"},
      {"<!DOCTYPE html>"sv, "a web page"},
      {"<html><body>"sv, "a web page"},
      {"<?xml version='1.0'?>"sv, "an XML document"},
  };
  for (const auto& [bytes, name] : kRows) {
    const Error error = error_of(std::string(bytes));
    EXPECT_EQ(error.code, ErrorCode::kUnsupported);
    EXPECT_EQ(error.message, "'table.csv' is " + std::string(name));
  }
  for (const std::string text : {"BZh,is,text\n", "BZh", "BZh9", "P", "S", "\x1F", "\x28\xB5",
                                 "{a},b\n", "[a],b\n", "<b>,c\n"}) {
    EXPECT_EQ(*unpack(text), text);
  }
}

}  // namespace
}  // namespace annals::ingest
