// SPDX-License-Identifier: Apache-2.0
// The schema that the tests of the language ask about; no database stands behind it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "query/question.h"
#include "support/error_of.h"
#include "support/test_column.h"

namespace cenote {

/// A shop: what tests/query/cases/*.txt are about (its tables are listed at their head).
inline Schema shop_schema() {
  using S = StorageType;
  using C = ColumnType;
  const auto table = [](const std::string& name, std::vector<std::string> key,
                        const std::string& time, std::vector<Column> columns) {
    Table out;
    out.name = name;
    out.primary_key = std::move(key);
    out.time_column = time;
    out.columns = std::move(columns);
    return out;
  };
  const auto key = [](const std::string& name) { return make_test_column(name, S::int64, C::key); };
  const auto number = [](const std::string& name) {
    return make_test_column(name, S::float64, C::number);
  };
  const auto whole = [](const std::string& name) {
    return make_test_column(name, S::int64, C::number);
  };
  const auto text = [](const std::string& name) {
    return make_test_column(name, S::utf8, C::text);
  };
  const auto category = [](const std::string& name) {
    return make_test_column(name, S::utf8, C::category);
  };
  const auto boolean = [](const std::string& name) {
    return make_test_column(name, S::boolean, C::boolean);
  };
  const auto time = [](const std::string& name) {
    return make_test_column(name, S::time, C::timestamp);
  };
  Schema out;
  out.name = "shop";
  out.tables = {
      table("Order Lines", {"line id"}, "packed on",
            {key("line id"), key("order id"), number("net price"), time("packed on")}),
      table("clicks", {}, "at", {key("customer_id"), time("at"), text("page")}),
      table("customers", {"id"}, "joined",
            {key("id"), text("name"), category("country"), whole("age"), boolean("vip"),
             time("joined")}),
      table("grades", {"a", "b"}, "", {key("a"), key("b"), number("grade")}),
      table("messages", {"id"}, "sent",
            {key("id"), key("sender"), key("receiver"), time("sent"), text("body")}),
      table("orders", {"order_id"}, "placed",
            {key("order_id"), key("customer_id"), key("product"), time("placed"), number("amount"),
             whole("quantity"), category("status"), boolean("paid")}),
      table("products", {"sku"}, "",
            {make_test_column("sku", S::utf8, C::key), number("price"), category("colour")}),
      table(
          "returns", {"return_id"}, "returned",
          {key("return_id"), key("order_id"), time("returned"), text("reason"), number("refund")}),
      table("sales.deals", {"id"}, "closed",
            {key("id"), key("customer"), time("closed"), number("value")}),
      table("visits", {"id"}, "", {key("id"), key("customer_id"), whole("minutes")}),
      table("größen", {"id"}, "gemessen",
            {key("id"), key("kunde"), time("gemessen"), number("länge")}),
  };
  const auto link = [&](const std::string& from, const std::string& column, const std::string& to,
                        const std::string& to_column) {
    Link one;
    one.from_table = from;
    one.from_columns = {column};
    one.to_table = to;
    one.to_columns = {to_column};
    out.links.push_back(one);
  };
  link("Order Lines", "order id", "orders", "order_id");
  link("clicks", "customer_id", "customers", "id");
  link("messages", "receiver", "customers", "id");
  link("messages", "sender", "customers", "id");
  link("orders", "customer_id", "customers", "id");
  link("orders", "product", "products", "sku");
  link("returns", "order_id", "orders", "order_id");
  link("sales.deals", "customer", "customers", "id");
  link("visits", "customer_id", "customers", "id");
  link("größen", "kunde", "customers", "id");
  return out;
}

}  // namespace cenote
