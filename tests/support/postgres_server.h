// SPDX-License-Identifier: Apache-2.0
// A PostgreSQL server of a test's own: a free port, a temporary folder, gone at the end.
#pragma once

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "base/files.h"

namespace cenote {

/// Starts on construction; why() says what is missing where it cannot, and the test skips.
///
/// PostgreSQL refuses to run as root: as root, everything runs as the user postgres.
class PostgresServer {
 public:
  PostgresServer() : folder_("cenote-postgres") {
    binaries_ = find_binaries();
    if (binaries_.empty()) {
      why_ = "no PostgreSQL server is installed (Debian: apt-get install postgresql)";
      return;
    }
    namespace fs = std::filesystem;
    if (::geteuid() == 0) {
      if (std::system(fmt::format("chown postgres '{}' >/dev/null 2>&1", folder_.path().string())
                          .c_str()) != 0) {
        why_ = "running as root, and there is no user postgres";
        return;
      }
    }
    write_file_atomically(folder_.path() / "password", "it's secret");
    fs::permissions(folder_.path() / "password", fs::perms::all);
    if (run("initdb -D '{0}/data' -A scram-sha-256 -U tester --pwfile='{0}/password' -E UTF8 "
            "--no-sync") != 0) {
      why_ = "initdb failed";
      return;
    }
    port_ = free_port();
    started_ = run("pg_ctl -D '{0}/data' -w -l '{0}/log' -o '-p {1} -k {0} -c "
                   "listen_addresses=127.0.0.1 -c fsync=off' start") == 0;
    if (!started_) why_ = "pg_ctl start failed";
  }
  ~PostgresServer() {
    if (started_) run("pg_ctl -D '{0}/data' -m immediate stop");
  }
  PostgresServer(const PostgresServer&) = delete;

  const std::string& why() const { return why_; }
  std::string url() const {
    return fmt::format("postgres://tester:it%27s%20secret@127.0.0.1:{}/postgres", port_);
  }
  int port() const { return port_; }

 private:
  static std::string find_binaries() {
    std::vector<std::string> found;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator("/usr/lib/postgresql", error)) {
      if (std::filesystem::exists(entry.path() / "bin" / "initdb", error))
        found.push_back((entry.path() / "bin").string());
    }
    std::sort(found.begin(), found.end());
    return found.empty() ? "" : found.back();
  }

  int run(const std::string& pattern) const {
    std::string command =
        binaries_ + "/" + fmt::format(fmt::runtime(pattern), folder_.path().string(), port_);
    if (::geteuid() == 0) {
      std::string quoted;
      for (const char c : command) quoted += c == '"' ? "\\\"" : std::string(1, c);
      command = "su postgres -s /bin/sh -c \"" + quoted + "\"";
    }
    return std::system(("cd / && " + command + " >/dev/null 2>&1").c_str());
  }

  static int free_port() {
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    int port = 0;
    if (::bind(fd, reinterpret_cast<sockaddr*>(&address), length) == 0 &&
        ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length) == 0) {
      port = ntohs(address.sin_port);
    }
    ::close(fd);
    return port;
  }

  TemporaryFolder folder_;
  std::string binaries_, why_;
  int port_ = 0;
  bool started_ = false;
};

}  // namespace cenote
