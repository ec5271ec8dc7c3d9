#include "ui/pages/system_check.h"

#include "ui/widgets/icons.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/theme.h"

#include <QClipboard>
#include <QDir>
#include <QFileInfo>
#include <QGridLayout>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPointer>
#include <QProcess>
#include <QPushButton>
#include <QScreen>
#include <QStandardPaths>
#include <QThread>
#include <QVBoxLayout>

#include <algorithm>

namespace crux::ui {

namespace {
constexpr int kRowHeight = 31;
const char* const kOrder[] = {"processor", "memory", "graphics", "libtorch",
                              "disk",      "window", "worker",   "tokenizers"};

std::size_t placeOf(const QString& key) {
    const auto found = std::find_if(std::begin(kOrder), std::end(kOrder), [&key](const char* name) {
        return key == QLatin1String(name);
    });
    return static_cast<std::size_t>(found - std::begin(kOrder));
}
} // namespace

SystemCheck::SystemCheck(QWidget* parent)
    : QWidget(parent) {
    m_frame = new QFrame(this);
    m_frame->setFrameShape(QFrame::Box);
    m_frame->setFrameShadow(QFrame::Plain);
    m_frame->setForegroundRole(QPalette::Mid);
    m_frame->setAutoFillBackground(true);
    m_frame->setBackgroundRole(QPalette::Base);
    m_grid = nullptr;
    m_again = new QPushButton(icon(QStringLiteral("view-refresh")), tr("Check again"), this);
    m_copy = new QPushButton(icon(QStringLiteral("edit-copy")), tr("Copy report"), this);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    buttons->addWidget(m_again);
    buttons->addWidget(m_copy);
    buttons->addStretch(1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    column->addWidget(m_frame);
    column->addLayout(buttons);
    m_program = QDir(QCoreApplication::applicationDirPath()).filePath(QStringLiteral("crux-cli"));
    connect(m_again, &QPushButton::clicked, this, &SystemCheck::check);
    connect(m_copy, &QPushButton::clicked, this,
            [this] { QGuiApplication::clipboard()->setText(report()); });
    rebuild();
}

SystemCheck::~SystemCheck() {
    if (m_process && m_process->state() != QProcess::NotRunning) {
        m_process->disconnect(this); // its end would be shown in widgets that are gone
        m_process->kill();
        m_process->waitForFinished(1000);
    }
}

void SystemCheck::setProgram(const QString& program) {
    m_program = program;
}

void SystemCheck::check() {
    m_again->setEnabled(false);
    const QString folder = QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation);
    QPointer<SystemCheck> self(this);
    QThread* thread = QThread::create([self, folder] {
        QString existing = folder;
        while (!QFileInfo::exists(existing) && existing.size() > 1)
            existing = QFileInfo(existing).path();
        std::vector<SystemFact> facts = localSystemFacts(existing);
        QMetaObject::invokeMethod(
            QCoreApplication::instance(),
            [self, facts = std::move(facts)]() mutable {
                if (self)
                    self->show(std::move(facts));
            },
            Qt::QueuedConnection);
    });
    connect(thread, &QThread::finished, thread, &QObject::deleteLater);
    thread->start();
}

bool SystemCheck::complete() const {
    return !m_facts.empty() && m_again->isEnabled();
}

void SystemCheck::show(std::vector<SystemFact> facts) {
    const QScreen* screen = QGuiApplication::primaryScreen();
    const int screens = static_cast<int>(QGuiApplication::screens().size());
    QString window = tr("Qt %1, %n screen(s)", nullptr, screens).arg(QLatin1String(qVersion()));
    if (screen)
        window +=
            tr(", %1 dpi").arg(qRound(screen->logicalDotsPerInch() * screen->devicePixelRatio()));
    facts.push_back({QStringLiteral("window"), tr("Window"), window, Severity::Passed});
    facts.push_back({QStringLiteral("libtorch"), tr("LibTorch"), tr("asking crux-cli…"),
                     Severity::Information});
    const QString worker =
        QDir(QCoreApplication::applicationDirPath()).filePath(QStringLiteral("crux-worker"));
    const bool present = QFileInfo(worker).isExecutable();
    facts.push_back({QStringLiteral("worker"), tr("Worker"),
                     present
                         ? tr("starts with the first model or job")
                         : tr("crux-worker is not beside this program: nothing can be computed"),
                     present ? Severity::Passed : Severity::Warning});
    replace(std::move(facts));
    startDoctor();
}

void SystemCheck::startDoctor() {
    if (!m_process) {
        m_process = new QProcess(this);
        const auto failed = [this](const QString& text) {
            replace({{QStringLiteral("libtorch"), tr("LibTorch"), text, Severity::Warning}});
            m_again->setEnabled(true);
            Q_EMIT finished();
        };
        connect(m_process, &QProcess::errorOccurred, this, [failed](QProcess::ProcessError error) {
            if (error == QProcess::FailedToStart)
                failed(tr("crux-cli could not be started: the engine is not installed"));
        });
        connect(m_process, &QProcess::finished, this,
                [this, failed](int code, QProcess::ExitStatus status) {
                    if (status != QProcess::NormalExit || code != 0) {
                        const QString words =
                            QString::fromUtf8(m_process->readAllStandardError()).simplified();
                        failed(words.isEmpty() ? tr("crux-cli doctor failed") : words.left(200));
                        return;
                    }
                    replace(doctorFacts(m_process->readAllStandardOutput()));
                    m_again->setEnabled(true);
                    Q_EMIT finished();
                });
    }
    if (m_process->state() == QProcess::NotRunning)
        m_process->start(m_program, {QStringLiteral("doctor"), QStringLiteral("--json")});
}

void SystemCheck::replace(std::vector<SystemFact> facts) {
    for (SystemFact& fact : facts) {
        const auto known =
            std::find_if(m_facts.begin(), m_facts.end(),
                         [&fact](const SystemFact& other) { return other.key == fact.key; });
        if (known != m_facts.end())
            *known = std::move(fact);
        else
            m_facts.push_back(std::move(fact));
    }
    std::stable_sort(m_facts.begin(), m_facts.end(), [](const SystemFact& a, const SystemFact& b) {
        return placeOf(a.key) < placeOf(b.key);
    });
    rebuild();
}

void SystemCheck::rebuild() {
    qDeleteAll(m_frame->findChildren<QWidget*>(QString(), Qt::FindDirectChildrenOnly));
    delete m_frame->layout();
    m_grid = new QGridLayout(m_frame);
    m_grid->setContentsMargins(1, 1, 1, 1);
    m_grid->setHorizontalSpacing(8);
    m_grid->setVerticalSpacing(0);
    m_grid->setColumnMinimumWidth(0, 12);
    m_grid->setColumnMinimumWidth(2, 84);
    m_grid->setColumnStretch(3, 1);
    int row = 0;
    for (const SystemFact& fact : m_facts) {
        if (row > 0)
            m_grid->addWidget(makeRule(m_frame), row++, 0, 1, 4);
        auto* sign = new QLabel(m_frame);
        sign->setPixmap(marks::severityPixmap(fact.severity, devicePixelRatioF()));
        auto* text = makeLabel(LabelKind::Plain, m_frame, fact.text);
        text->setToolTip(fact.text);
        text->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
        text->setWordWrap(true); // after it: the height follows the width
        text->setTextInteractionFlags(Qt::TextSelectableByMouse);
        m_grid->setRowMinimumHeight(row, kRowHeight);
        m_grid->addWidget(sign, row, 1);
        m_grid->addWidget(makeLabel(LabelKind::Plain, m_frame, fact.name), row, 2);
        m_grid->addWidget(text, row, 3);
        ++row;
    }
    m_copy->setEnabled(!m_facts.empty());
    m_frame->setMinimumHeight(static_cast<int>(m_facts.size()) * (kRowHeight + 1));
}

QString SystemCheck::report() const {
    QStringList lines{tr("Crux system check")};
    for (const SystemFact& fact : m_facts)
        lines << QStringLiteral("%1: %2").arg(fact.name, fact.text);
    return lines.join(QLatin1Char('\n'));
}

} // namespace crux::ui
