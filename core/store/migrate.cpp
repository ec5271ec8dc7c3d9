#include "core/store/migrate.h"

#include "core/base/text_util.h"
#include "core/store/sql.h"

#include <algorithm>

namespace crux::store {

std::span<const Migration> migrations() {
    return {};
}

Result<int> schemaVersionOf(const Project& project) {
    return guarded(project, [&]() -> Result<int> {
        Query query(project, "PRAGMA user_version");
        query.step();
        return query.integer32(0);
    });
}

namespace {

Path backupName(const Path& file, int version) {
    for (int number = 0;; ++number) {
        Path name = file;
        name += number == 0 ? cat(".v", version, ".bak") : cat(".v", version, "-", number, ".bak");
        std::error_code code;
        if (!std::filesystem::exists(name, code))
            return name;
    }
}

} // namespace

Status migrate(const Project& project, std::span<const Migration> steps, int target) {
    CRUX_TRY(from, schemaVersionOf(project));
    for (int version = from; version < target; ++version) {
        const bool known = std::any_of(steps.begin(), steps.end(),
                                       [&](const Migration& step) { return step.from == version; });
        if (!known)
            return fail(ErrorCode::Unsupported,
                        cat(project.file().string(), " has schema version ", version,
                            ", which this program cannot bring up to date"),
                        project.file().string());
    }
    CRUX_TRY_VOID(backupProject(project, backupName(project.file(), from)));
    return writing(project, [&]() -> Status {
        // Another process may have migrated while this one made its backup.
        CRUX_TRY(now, schemaVersionOf(project));
        for (int version = now; version < target; ++version)
            for (const Migration& step : steps)
                if (step.from == version)
                    project.impl().database->exec(step.sql);
        project.impl().database->exec(cat("PRAGMA user_version = ", std::max(now, target)));
        return {};
    });
}

} // namespace crux::store
