// One open project file (NAME.crux, SQLite). Owns one connection; not thread-safe: every thread
// opens its own. All pragmas are set here, for all three programs.
#pragma once

#include "core/base/files.h"
#include "core/base/result.h"
#include "core/store/records.h"

#include <functional>
#include <memory>

namespace crux::store {

enum class OpenMode {
    ReadOnly,
    ReadWrite, ///< refuses a newer schema for writing: opens it read-only, see readOnly()
    Create,    ///< fails when the file exists
};

class Project {
public:
    static Result<std::unique_ptr<Project>> open(const Path& file, OpenMode mode);
    ~Project();
    Project(const Project&) = delete;
    Project& operator=(const Project&) = delete;

    const Path& file() const;
    bool readOnly() const;
    /// One sentence when it opened read-only against the wish, else empty.
    const std::string& readOnlyReason() const;

    /// Runs `body` in one BEGIN IMMEDIATE transaction; an Error from it rolls back. Busy and full
    /// disk become Errors. Nested calls join the outer transaction.
    Status write(const std::function<Status()>& body) const;

    /// PRAGMA data_version: changes when another connection wrote.
    std::int64_t dataVersion() const;
    /// Interrupts a running query from another thread (that query returns Cancelled).
    void interrupt() const;

    struct Impl;
    Impl& impl() const { return *m_impl; } ///< for the repositories of this room only
    static std::unique_ptr<Project> adopt(std::unique_ptr<Impl> impl); ///< likewise

private:
    explicit Project(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

/// `project info`: counts, sizes, schema and program version as JSON.
Result<Json> projectInfo(const Project& project);
/// `project check`: integrity, foreign keys, blob lengths against token counts, orphan rows.
/// Returns the list of findings (empty = sound).
Result<std::vector<std::string>> checkProject(const Project& project);
Status vacuumProject(const Project& project);
/// Live copy by SQLite's backup interface, written aside and renamed. InvalidArgument: `target` is
/// there and is anything but an earlier backup of this project that nobody went on with.
Status backupProject(const Project& project, const Path& target);

} // namespace crux::store
