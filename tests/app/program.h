// Runs crux-cli as a script would and keeps what it said.
#pragma once

#include "core/base/json.h"
#include "support/test_paths.h"

#include <QProcess>
#include <QStringList>
#include <QTemporaryDir>

#include <vector>

namespace crux::test {

inline QString program(const char* name) {
    return binaryDir() + QStringLiteral("/bin/") + QString::fromLatin1(name);
}
inline QString demoModel() {
    return demoDir() + QStringLiteral("/model");
}
inline QString demoAdapter(const char* name) {
    return demoDir() + QLatin1Char('/') + QString::fromLatin1(name);
}

struct Ran {
    int status = -1; ///< -1: crashed or hung
    QByteArray out, err;

    /// The lines of stdout; invalid JSON becomes a null that no comparison expects.
    std::vector<Json> lines() const {
        std::vector<Json> rows;
        for (const QByteArray& line : out.split('\n'))
            if (!line.isEmpty()) {
                const auto row =
                    parseJson({line.constData(), static_cast<std::size_t>(line.size())});
                rows.push_back(row.ok() ? *row : Json());
            }
        return rows;
    }
    /// The last line of stderr: the one sentence of a failure.
    QByteArray lastWords() const {
        const QList<QByteArray> all = err.trimmed().split('\n');
        return all.isEmpty() ? QByteArray() : all.last();
    }
};

inline Ran runCli(const QStringList& arguments, const QByteArray& input = {},
                  int timeoutMs = 100'000) {
    QProcess process;
    process.start(program("crux-cli"), arguments);
    Ran ran;
    if (!process.waitForStarted())
        return ran;
    process.write(input);
    process.closeWriteChannel();
    if (!process.waitForFinished(timeoutMs)) {
        process.kill();
        process.waitForFinished();
        return ran;
    }
    ran.status = process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1;
    ran.out = process.readAllStandardOutput();
    ran.err = process.readAllStandardError();
    return ran;
}

} // namespace crux::test
