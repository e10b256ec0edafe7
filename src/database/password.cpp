// SPDX-License-Identifier: Apache-2.0
// Where a URL holds passwords: user:HERE@host, ?password=HERE and ?sslpassword=HERE.
#include <algorithm>

#include "database/source.h"

namespace cenote {
namespace {

/// %41 -> A. What is no such sequence stays as it is.
std::string percent_decode(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto hex = [](char c) {
      return c >= '0' && c <= '9'   ? c - '0'
             : c >= 'a' && c <= 'f' ? c - 'a' + 10
             : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                    : -1;
    };
    if (text[i] == '%' && i + 2 < text.size() && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0) {
      out += static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

/// A stretch of a URL that holds a password, and the stretch to leave out with it.
struct Place {
  size_t begin, end;          // the password
  size_t cut_begin, cut_end;  // with the sign or the field that introduces it
};

/// In the order of the URL. An '@' within a password counts as a part of it: the last one ends it.
std::vector<Place> find_places(const std::string& url) {
  std::vector<Place> out;
  const size_t scheme = url.find("://");
  if (scheme == std::string::npos) return out;
  const size_t begin = scheme + 3, query = std::min(url.find('?', begin), url.size());
  const size_t colon = url.find(':', begin), slash = std::min(url.find('/', begin), query);
  size_t at = url.rfind('@', slash);
  if (at == std::string::npos || at < begin) {
    // A password with a slash that was not escaped; host:5432/name@part has none.
    at = url.rfind('@', query);
    const bool port = colon < slash && url.find_first_not_of("0123456789", colon + 1) == slash;
    if (port || at < begin) at = std::string::npos;
  }
  if (at != std::string::npos && colon < at) out.push_back({colon + 1, at, colon, at});
  for (size_t field = query + 1; field < url.size();) {
    const size_t end = std::min(url.find('&', field), url.size());
    const size_t equals = url.find('=', field);
    if (equals < end) {
      const std::string name = percent_decode(url.substr(field, equals - field));
      // Without the '&' after it, or the sign before it where it is the last.
      const bool last = end == url.size();
      if (name == "password" || name == "sslpassword")
        out.push_back({equals + 1, end, last ? field - 1 : field, last ? end : end + 1});
    }
    field = end + 1;
  }
  return out;
}

}  // namespace

std::vector<std::string> find_passwords(const std::string& url) {
  std::vector<std::string> out;
  for (const Place& place : find_places(url)) {
    const std::string password = url.substr(place.begin, place.end - place.begin);
    out.push_back(password);
    out.push_back(percent_decode(password));
    // The database's own reader may end it at the first '@' and take the rest for the host.
    if (const size_t at = password.find('@'); at != std::string::npos)
      out.push_back(password.substr(at + 1) + "@");
  }
  return out;
}

std::string display_source(const std::string& source) {
  std::string out = source;
  const auto places = find_places(source);
  for (auto place = places.rbegin(); place != places.rend(); ++place)
    out.replace(place->begin, place->end - place->begin, "***");
  return out;
}

std::string without_password(const std::string& source) {
  std::string out = source;
  const auto places = find_places(source);
  for (auto place = places.rbegin(); place != places.rend(); ++place)
    out.erase(place->cut_begin, place->cut_end - place->cut_begin);
  return out;
}

}  // namespace cenote
