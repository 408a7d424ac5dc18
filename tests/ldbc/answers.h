#pragma once

#include <string>
#include <vector>

#include "tests/ldbc/social_network.h"

/// The answers to the LDBC reads, computed from the rows by loops over all of them.
namespace annals::ldbc {

/// What a read is asked with; each uses some of it.
struct Question {
  Millis at = 0;  ///< The date that all is asked about.
  Index person = 0;
  Index other = 0;  ///< Another person.
  Index message = 0;
  Index country = 0;  ///< A place.
  Index abroad =
      0;  ///< Two countries from which somebody wrote who is at home in neither, and when.
  Index abroad_too = 0;
  Millis trip_from = 0;
  Millis trip_until = 0;
  Index tag = 0;
  Index tag_class = 0;
  Millis from = 0;
  Millis until = 0;
  int year = 0;
  int month = 1;
};

/// The rows in their order, cells joined by " | ", behind one that is only possible "| possible".
using Answer = std::vector<std::string>;
using Answerer = Answer (*)(const SocialNetwork&, const Question&);

/// "2010-07-22T23:06:03.54Z", or the day alone.
std::string text_of_date(Millis at);
/// Id, first and last name as three cells.
std::string name_of(const Person& person);
bool know_each_other(const SocialNetwork& network, Index a, Index b, Millis at);

Answer profile(const SocialNetwork& network, const Question& question);              // IS1
Answer recent_messages(const SocialNetwork& network, const Question& question);      // IS2
Answer friends(const SocialNetwork& network, const Question& question);              // IS3
Answer content(const SocialNetwork& network, const Question& question);              // IS4
Answer creator(const SocialNetwork& network, const Question& question);              // IS5
Answer forum(const SocialNetwork& network, const Question& question);                // IS6
Answer replies(const SocialNetwork& network, const Question& question);              // IS7
Answer namesakes(const SocialNetwork& network, const Question& question);            // IC1
Answer friends_messages(const SocialNetwork& network, const Question& question);     // IC2
Answer travellers(const SocialNetwork& network, const Question& question);           // IC3
Answer new_topics(const SocialNetwork& network, const Question& question);           // IC4
Answer new_groups(const SocialNetwork& network, const Question& question);           // IC5
Answer tags_together(const SocialNetwork& network, const Question& question);        // IC6
Answer recent_likers(const SocialNetwork& network, const Question& question);        // IC7
Answer recent_replies(const SocialNetwork& network, const Question& question);       // IC8
Answer circles_messages(const SocialNetwork& network, const Question& question);     // IC9
Answer recommended_friends(const SocialNetwork& network, const Question& question);  // IC10
Answer job_referral(const SocialNetwork& network, const Question& question);         // IC11
Answer expert_search(const SocialNetwork& network, const Question& question);        // IC12
Answer distance(const SocialNetwork& network, const Question& question);             // IC13
Answer trusted_ways(const SocialNetwork& network, const Question& question);         // IC14

}  // namespace annals::ldbc
