#include "ui/dialogs/about_dialog.h"

#include "core/base/version.h"
#include "ui/widgets/format.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/theme.h"

#include <QFile>
#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QVBoxLayout>

#include <unistd.h>

namespace crux::ui {

namespace {

/// Resident memory of this process, -1 when the system does not tell.
qint64 residentBytes() {
    QFile file(QStringLiteral("/proc/self/statm"));
    if (!file.open(QIODevice::ReadOnly))
        return -1;
    return file.readAll().split(' ').value(1).toLongLong() * ::sysconf(_SC_PAGESIZE);
}

const char* const kParts = "Qt 6                LGPL-3.0\n"
                           "QCustomPlot         GPL-3.0-or-later\n"
                           "LibTorch            BSD-3-Clause\n"
                           "SQLite              public domain\n"
                           "SQLiteCpp           MIT\n"
                           "sentencepiece       Apache-2.0\n"
                           "PCRE2               BSD-3-Clause\n"
                           "utf8proc            MIT\n"
                           "xxHash              BSD-2-Clause\n"
                           "nlohmann/json       MIT\n"
                           "CLI11               BSD-3-Clause\n"
                           "spdlog              MIT\n"
                           "Boost               BSL-1.0\n"
                           "Breeze icons        LGPL-3.0-or-later\n";

} // namespace

AboutDialog::AboutDialog(QWidget* parent)
    : FormDialog(tr("About Crux"), QString(), parent) {
    auto* head = new QWidget(this);
    auto* line = new QHBoxLayout(head);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(12);
    line->addWidget(makeLabel(LabelKind::PageTitle, head, QStringLiteral("Crux")));
    line->addWidget(makeLabel(LabelKind::Second, head, QLatin1String(kVersion)), 1,
                    Qt::AlignBottom);
    addWide(head);
    addText(tr("Find the tokens that decide whether a reasoning trajectory ends right or wrong."));
    addText(tr("The method is that of “Critical Tokens Matter: Token-Level Contrastive Estimation "
               "Enhances LLM's "
               "Reasoning Capability” (arXiv 2411.19943)."));
    addHeading(tr("Licence"));
    addText(tr("GNU General Public License, version 3 or later, with the additional permission to "
               "link LibTorch, MKL "
               "and CUDA. There is no warranty."));
    addHeading(tr("Built from"));
    auto* parts = new QPlainTextEdit(QString::fromLatin1(kParts).trimmed(), this);
    parts->setReadOnly(true);
    parts->setAccessibleName(tr("Libraries and their licences"));
    parts->setFont(fonts::fixed());
    parts->setMinimumHeight(200);
    addWide(parts, 1);
    const qint64 resident = residentBytes();
    if (resident > 0)
        addText(tr("Memory of the window: %1. Models live in the worker's own process.")
                    .arg(format::bytes(resident)));
    resize(520, 560);
}

} // namespace crux::ui
