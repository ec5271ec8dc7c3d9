// Reads the .jsonl.xz references of ../shared with the `xz` program.
#pragma once

#include "core/base/json.h"
#include "support/test_paths.h"

#include <QProcess>
#include <QTemporaryDir>
#include <vector>

namespace crux::test {

/// Bytes of ../shared/data/PATH, unpacked when it ends in .xz.
inline QByteArray sharedBytes(const QString& path) {
    const QString full = sharedDir() + QLatin1Char('/') + path;
    if (!path.endsWith(QStringLiteral(".xz"))) {
        QFile file(full);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    QProcess xz;
    xz.start(QStringLiteral("xz"), {QStringLiteral("-dc"), full});
    if (!xz.waitForFinished(60000) || xz.exitCode() != 0)
        return {};
    return xz.readAllStandardOutput();
}

/// One JSON value a line; an unreadable file gives none, which callers must check.
inline std::vector<Json> sharedLines(const QString& path) {
    std::vector<Json> lines;
    for (const QByteArray& line : sharedBytes(path).split('\n'))
        if (!line.isEmpty())
            lines.push_back(Json::parse(line.constData(), line.constData() + line.size()));
    return lines;
}

/// Puts one shared file, unpacked, into a folder.
inline bool copyShared(const QString& path, const QString& folder, const QString& name) {
    QFile out(folder + QLatin1Char('/') + name);
    const QByteArray bytes = sharedBytes(path);
    return !bytes.isEmpty() && out.open(QIODevice::WriteOnly) && out.write(bytes) == bytes.size();
}

} // namespace crux::test
