#pragma once

#include <filesystem>
#include <string>

#include <gtest/gtest.h>

/// In a test or its SetUp(): skips it, and says so, if the public data at `path` is not here.
#define ANNALS_NEEDS_DATA(path)                                           \
  if (const std::string needed(path); !std::filesystem::exists(needed)) { \
    GTEST_SKIP() << "SKIPPED, NOT TESTED: " << needed << " is not here";  \
  }
