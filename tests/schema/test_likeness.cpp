// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "schema/likeness.h"
#include "schema/names.h"

namespace cenote {
namespace {

using testing::ElementsAre;

TEST(Names, AreCutIntoWords) {
  EXPECT_THAT(name_words("constructorStandingsId"), ElementsAre("constructor", "standings", "id"));
  EXPECT_THAT(name_words("order_line-ID"), ElementsAre("order", "line", "id"));
  EXPECT_THAT(name_words("HTTPServer2"), ElementsAre("http", "server2"));
  EXPECT_THAT(name_words("SOLDTOPARTY"), ElementsAre("soldtoparty"));
  EXPECT_THAT(name_words("größe"), ElementsAre("größe"));
  EXPECT_THAT(name_words(""), ElementsAre());
  EXPECT_THAT(name_words("_\"; --"), ElementsAre());
  EXPECT_EQ(singular("races"), "race");
  EXPECT_EQ(singular("categories"), "category");
  EXPECT_EQ(singular("boxes"), "box");
  EXPECT_EQ(singular("status"), "status");
  EXPECT_EQ(singular("classes"), "class");
}

TEST(Likeness, OfPrimaryKeys) {
  EXPECT_EQ(primary_key_likeness("circuits", "circuitId"), 1);
  EXPECT_EQ(primary_key_likeness("users", "Id"), 1);
  EXPECT_EQ(primary_key_likeness("sales.orders", "order_id"), 1);
  EXPECT_EQ(primary_key_likeness("customer", "customerid"), 1);
  EXPECT_EQ(primary_key_likeness("qualifying", "qualifyId"), 0.9);
  EXPECT_EQ(primary_key_likeness("driver_standings", "standing_id"), 0.9);
  EXPECT_EQ(primary_key_likeness("address", "ADDRESSID"), 1);
  EXPECT_LT(primary_key_likeness("results", "raceId"), 0.9);
  EXPECT_EQ(primary_key_likeness("results", "points"), 0);
  EXPECT_EQ(primary_key_likeness("results", "paid"), 0);
  EXPECT_EQ(primary_key_likeness("results", "humid"), 0);
  EXPECT_EQ(primary_key_likeness("customer", "c_custkey"), 0.9);
  EXPECT_EQ(primary_key_likeness("part", "p_partkey"), 1);
  EXPECT_EQ(primary_key_likeness("order", "id_order"), 1);
  EXPECT_EQ(primary_key_likeness("users", "u_id"), 0.8);
}

TEST(Likeness, OfLinks) {
  EXPECT_EQ(link_likeness("results", "driverId", "drivers", "driverId"), 1);
  EXPECT_EQ(link_likeness("badges", "UserId", "users", "Id"), 1);
  EXPECT_EQ(link_likeness("posts", "OwnerUserId", "users", "Id"), 0.85);
  EXPECT_EQ(link_likeness("posts", "ParentId", "posts", "Id"), 0.8);
  EXPECT_EQ(link_likeness("orders", "customer", "customers", "id"), 0.9);
  EXPECT_EQ(link_likeness("matches", "home_team_id", "teams", "team_id"), 0.85);
  EXPECT_EQ(link_likeness("matches", "away_team_id", "teams", "id"), 0.85);
  EXPECT_EQ(link_likeness("event_attendees", "event", "events", "event_id"), 0.9);
  EXPECT_EQ(link_likeness("orders", "o_custkey", "customer", "c_custkey"), 0.95);
  EXPECT_EQ(link_likeness("partsupp", "ps_suppkey", "supplier", "s_suppkey"), 0.95);
  EXPECT_EQ(link_likeness("lines", "id_order", "orders", "id"), 1);
  EXPECT_EQ(link_likeness("ratings", "movieId", "movies", "movieId"), 1);
  EXPECT_EQ(link_likeness("ratings", "movieId", "posters", "movieId"), 0.95);
  EXPECT_EQ(link_likeness("orders", "amount", "customers", "id"), 0);
  EXPECT_EQ(link_likeness("orders", "id", "customers", "id"), 0);
  EXPECT_EQ(link_likeness("results", "driverId", "races", "raceId"), 0);
  EXPECT_EQ(link_likeness("customers", "customer_id", "customers", "customer_id"), 0);
}

TEST(Likeness, OfTimes) {
  EXPECT_GT(time_likeness("created_at"), time_likeness("date"));
  EXPECT_GT(time_likeness("CreationDate"), time_likeness("order_date"));
  EXPECT_GT(time_likeness("order_date"), time_likeness("shipped_date"));
  EXPECT_GT(time_likeness("shipped_at"), time_likeness("updated_at"));
  EXPECT_GT(time_likeness("joinedAt"), 0.8);
  for (const char* name :
       {"dob", "birth_date", "BirthDate", "date_of_birth", "birthday", "due_date", "expires_at",
        "valid_until", "valid_to", "ValidTo", "validto", "to_date", "effective_to",
        "effective_end_date", "valid_through", "validity_end"}) {
    EXPECT_EQ(time_likeness(name), 0) << name;
  }
}

TEST(Likeness, OfTheBeginningOfAValidity) {
  for (const char* name : {"valid_from", "validFrom", "validfrom", "effective_from",
                           "effective_date", "from_date", "start_date", "valid_since"}) {
    EXPECT_EQ(time_likeness(name), 0.9) << name;
  }
  EXPECT_GT(time_likeness("created_at"), time_likeness("valid_from"));
  EXPECT_GT(time_likeness("valid_from"), time_likeness("updated_at"));
}

TEST(IdentifiedSubject, IsWhatAnIdentifierIsOf) {
  EXPECT_EQ(identified_subject("userId"), "user");
  EXPECT_EQ(identified_subject("home_team_id"), "home_team");
  EXPECT_EQ(identified_subject("id_client"), "client");
  EXPECT_EQ(identified_subject("CustomerID"), "customer");
  EXPECT_EQ(identified_subject("customerid"), "customer");
  EXPECT_EQ(identified_subject("custkey"), "cust");
  for (const char* none : {"id", "country_code", "invoice_no", "statusId", "ticket_type_id",
                           "solid", "valid", "paid", "grid", "key", "amount", ""})
    EXPECT_EQ(identified_subject(none), "") << none;
}

}  // namespace
}  // namespace cenote
