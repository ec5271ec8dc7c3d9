// Reading the facts of the system check; the widget is in system_check.cpp.
#include "core/base/json.h"
#include "core/base/machine_memory.h"
#include "ui/pages/system_check.h"
#include "ui/widgets/format.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QGuiApplication>
#include <QRegularExpression>
#include <QScreen>
#include <QStorageInfo>
#include <QThread>

#include <algorithm>

namespace crux::ui {

namespace {

constexpr qint64 kLowMemory = qint64(2) << 30;
constexpr qint64 kLowDisk = qint64(2) << 30;

QByteArray contentOf(const QString& path) {
    QFile file(path); // /proc files have no size: read until the end
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

SystemFact processor() {
    const QByteArray info = contentOf(QStringLiteral("/proc/cpuinfo"));
    const int cores = std::max(1, QThread::idealThreadCount());
    QStringList units;
    if (info.contains(" avx512f"))
        units << QStringLiteral("AVX-512");
    else if (info.contains(" avx2"))
        units << QStringLiteral("AVX2");
    if (info.contains(" amx_bf16"))
        units << QStringLiteral("AMX");
    QString text = SystemCheck::tr("%n core(s)", nullptr, cores);
    if (!units.isEmpty())
        text += QStringLiteral(", ") + units.join(SystemCheck::tr(" and "));
    return {QStringLiteral("processor"), SystemCheck::tr("Processor"), text, Severity::Passed};
}

SystemFact memory() {
    const auto [total, available] = machineMemory();
    SystemFact fact{QStringLiteral("memory"), SystemCheck::tr("Memory"), {}, Severity::Passed};
    if (total <= 0) {
        fact.text = SystemCheck::tr("not known on this system");
        fact.severity = Severity::Information;
        return fact;
    }
    fact.text = SystemCheck::tr("%1, %2 free").arg(format::bytes(total), format::bytes(available));
    if (available < kLowMemory)
        fact.severity = Severity::Warning;
    return fact;
}

SystemFact graphics() {
    SystemFact fact{QStringLiteral("graphics"), SystemCheck::tr("Graphics"), {}, Severity::Passed};
    QStringList names;
    const QDir gpus(QStringLiteral("/proc/driver/nvidia/gpus"));
    for (const QString& gpu : gpus.entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
        const QString information =
            QString::fromUtf8(contentOf(gpus.filePath(gpu) + QStringLiteral("/information")));
        static const QRegularExpression model(QStringLiteral("Model:\\s*(.+)"));
        const auto match = model.match(information);
        if (match.hasMatch())
            names << match.captured(1).trimmed();
    }
    if (names.isEmpty()) {
        fact.text = SystemCheck::tr("no NVIDIA driver: models run on the processor");
        fact.severity = Severity::Information;
    } else {
        fact.text = names.join(QStringLiteral(", "));
    }
    return fact;
}

SystemFact disk(const QString& folder) {
    const QStorageInfo storage(folder);
    SystemFact fact{QStringLiteral("disk"), SystemCheck::tr("Disk"), {}, Severity::Passed};
    if (!storage.isValid()) {
        fact.text = SystemCheck::tr("%1 cannot be read").arg(QDir::toNativeSeparators(folder));
        fact.severity = Severity::Warning;
        return fact;
    }
    fact.text = SystemCheck::tr("%1 free in the project folder")
                    .arg(format::bytes(storage.bytesAvailable()));
    if (storage.bytesAvailable() < kLowDisk || storage.isReadOnly())
        fact.severity = Severity::Warning;
    if (storage.isReadOnly())
        fact.text += SystemCheck::tr(", read-only");
    return fact;
}

SystemFact tokenizers() {
    const QDir program(QCoreApplication::applicationDirPath());
    const QStringList places{program.filePath(QStringLiteral("crux_sentencepiece.so")),
                             program.filePath(QStringLiteral("../lib/crux_sentencepiece.so")),
                             program.filePath(QStringLiteral("../lib/crux/crux_sentencepiece.so"))};
    const bool found = std::any_of(places.begin(), places.end(),
                                   [](const QString& path) { return QFileInfo::exists(path); });
    return {QStringLiteral("tokenizers"), SystemCheck::tr("Tokenizers"),
            found ? SystemCheck::tr("sentencepiece and byte-level BPE")
                  : SystemCheck::tr(
                        "the sentencepiece module is missing: LLaMA-2 tokenizers cannot be read"),
            found ? Severity::Passed : Severity::Warning};
}

SystemFact doctorFailure(const QString& text) {
    return {QStringLiteral("libtorch"), SystemCheck::tr("LibTorch"), text, Severity::Warning};
}

} // namespace

std::vector<SystemFact> localSystemFacts(const QString& folder) {
    return {processor(), memory(), graphics(), disk(folder), tokenizers()};
}

std::vector<SystemFact> doctorFacts(const QByteArray& json) {
    const Result<Json> parsed =
        parseJson(std::string_view(json.constData(), static_cast<std::size_t>(json.size())));
    if (!parsed.ok() || !parsed->is_object() || !parsed->contains("backend"))
        return {doctorFailure(SystemCheck::tr("crux-cli doctor gave no readable answer"))};
    const Json& facts = *parsed;
    const auto textOf = [](const Json& object, const char* key) {
        const Result<std::string> text = jsonString(object, key);
        return text.ok() ? QString::fromStdString(*text) : QString();
    };
    std::vector<SystemFact> found;
    QString backend = textOf(facts, "backend");
    if (backend.startsWith(QLatin1String("LibTorch ")))
        backend.remove(0, 9);
    found.push_back(
        {QStringLiteral("libtorch"), SystemCheck::tr("LibTorch"), backend, Severity::Passed});
    QStringList graphics;
    for (const Json& device : facts.value("devices", Json::array())) {
        const QString name = textOf(device, "name");
        if (!name.startsWith(QLatin1String("cuda")))
            continue;
        graphics << SystemCheck::tr("%1, %2, %3 free, %4")
                        .arg(name, format::bytes(device.value("memory_bytes", std::int64_t{0})),
                             format::bytes(device.value("free_bytes", std::int64_t{0})),
                             textOf(device, "preferred_dtype"));
    }
    if (!graphics.isEmpty())
        found.push_back({QStringLiteral("graphics"), SystemCheck::tr("Graphics"),
                         graphics.join(QStringLiteral("; ")), Severity::Passed});
    return found;
}

} // namespace crux::ui
