// Where tests find fixtures: small ones in tests/data and resources/demo, references in ../shared.
#pragma once

#include <QDir>
#include <QFileInfo>
#include <QString>
#include <QtTest/QtTest>

namespace crux::test {

inline QString sourceDir() {
    return QStringLiteral(CRUX_SOURCE_DIR);
}
inline QString binaryDir() {
    return QStringLiteral(CRUX_BINARY_DIR);
}
inline QString dataDir() {
    return sourceDir() + QStringLiteral("/tests/data");
}
inline QString demoDir() {
    return sourceDir() + QStringLiteral("/resources/demo");
}
/// References handed to the developers, absent from a clean clone.
inline QString sharedDir() {
    const QByteArray chosen = qgetenv("CRUX_SHARED");
    return chosen.isEmpty() ? sourceDir() + QStringLiteral("/../shared/data")
                            : QString::fromLocal8Bit(chosen);
}
inline bool hasShared(const QString& path) {
    return QFileInfo::exists(sharedDir() + QLatin1Char('/') + path);
}

} // namespace crux::test

/// Skips a test that needs ../shared/data/PATH, naming it.
#define CRUX_NEEDS_SHARED(path)                                                                    \
    do {                                                                                           \
        if (!crux::test::hasShared(QStringLiteral(path)))                                          \
            QSKIP("needs ../shared/data/" path);                                                   \
    } while (false)
