#include "ui/dialogs/export_dialog.h"

#include "core/interop/export.h"
#include "core/interop/heat_map_document.h"
#include "core/store/filter.h"
#include "core/store/repositories.h"
#include "ui/dialogs/background.h"
#include "ui/dialogs/check_list.h"
#include "ui/model/session.h"
#include "ui/widgets/format.h"
#include "ui/widgets/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QFileInfo>
#include <QImage>
#include <QLabel>
#include <QLineEdit>
#include <QPainter>
#include <QPushButton>
#include <QSaveFile>
#include <QSvgRenderer>
#include <QVBoxLayout>

namespace crux::ui {

namespace {

constexpr double kPngScale = 2;
constexpr int kMaxPngSide = 30'000;

/// The SVG drawn twice as large, as PNG bytes written aside and renamed.
QString writePng(const std::string& svg, const QString& file) {
    QSvgRenderer renderer(QByteArray::fromStdString(svg));
    if (!renderer.isValid())
        return ExportDialog::tr("The picture could not be drawn.");
    QSize size = (QSizeF(renderer.defaultSize()) * kPngScale).toSize();
    if (size.height() > kMaxPngSide || size.width() > kMaxPngSide)
        size.scale(kMaxPngSide, kMaxPngSide, Qt::KeepAspectRatio);
    QImage image(size, QImage::Format_ARGB32_Premultiplied);
    if (image.isNull())
        return ExportDialog::tr(
            "There is not enough memory for a picture of this size; choose SVG.");
    image.fill(Qt::white);
    QPainter painter(&image);
    renderer.render(&painter);
    painter.end();
    QSaveFile out(file);
    if (!out.open(QIODevice::WriteOnly) || !image.save(&out, "PNG") || !out.commit())
        return ExportDialog::tr("%1 could not be written: %2").arg(file, out.errorString());
    return {};
}

std::string rendered(const QString& kind, const interop::HeatMapDocument& document) {
    if (kind == QLatin1String("html"))
        return interop::heatMapHtml(document.title, {document});
    if (kind == QLatin1String("latex"))
        return interop::heatMapLatex(document);
    return interop::heatMapSvg(document);
}

QString extensionOf(const QString& kind) {
    if (kind == QLatin1String("latex"))
        return QStringLiteral("tex");
    if (kind == QLatin1String("svg") || kind == QLatin1String("png") ||
        kind == QLatin1String("html") || kind == QLatin1String("csv"))
        return kind;
    return QStringLiteral("jsonl");
}

} // namespace

ExportDialog::ExportDialog(Session& session, QWidget* parent)
    : FormDialog(tr("Export"), tr("Export"), parent)
    , m_session(session) {
    m_kind = new QComboBox(this);
    m_kind->setFixedWidth(380);
    m_kind->addItem(tr("Heat map as SVG picture"), QStringLiteral("svg"));
    m_kind->addItem(tr("Heat map as PNG picture"), QStringLiteral("png"));
    m_kind->addItem(tr("Heat map as HTML page"), QStringLiteral("html"));
    m_kind->addItem(tr("Heat map as LaTeX fragment"), QStringLiteral("latex"));
    for (const auto& [name, sentence] : interop::exportKinds()) {
        m_kind->addItem(tr("Rows as %1").arg(QString::fromStdString(name)),
                        QString::fromStdString(name));
        m_kind->setItemData(m_kind->count() - 1, QString::fromStdString(sentence), Qt::ToolTipRole);
    }
    addField(tr("What"), m_kind);
    m_filter = new QLineEdit(this);
    m_filter->setFont(fonts::fixed());
    m_filter->setPlaceholderText(tr("all, or for example verdict=wrong"));
    addField(tr("Filter"), m_filter);
    m_perToken = new QCheckBox(tr("ids, offsets and s_t of every token"), this);
    m_perToken->setChecked(true);
    addField(tr("Rows hold"), m_perToken);
    m_branches = new QCheckBox(tr("the branches of the chosen trajectories too"), this);
    m_branches->setChecked(true);
    addField(QString(), m_branches);
    m_target = new PathField(PathField::Kind::SaveFile, tr("File to write"), this);
    addField(tr("File"), m_target);
    m_facts = new CheckList(this);
    addWide(m_facts);
    body()->addStretch(1);
    connect(m_kind, &QComboBox::currentIndexChanged, this, &ExportDialog::kindChosen);
    connect(m_filter, &QLineEdit::textChanged, this, &ExportDialog::check);
    connect(m_target, &PathField::changed, this, &ExportDialog::check);
    resize(600, sizeHint().height());
    if (!session.current()) // rows are all there is
        m_kind->setCurrentIndex(m_kind->findData(QStringLiteral("jsonl")));
    kindChosen();
}

QString ExportDialog::kind() const {
    return m_kind->currentData().toString();
}

bool ExportDialog::heatMap() const {
    return m_kind->currentIndex() < 4;
}

void ExportDialog::setKind(const QString& wanted) {
    m_kind->setCurrentIndex(std::max(0, m_kind->findData(wanted)));
}

void ExportDialog::setTarget(const QString& file) {
    m_target->setPath(file);
}

void ExportDialog::setFilter(const QString& expression) {
    m_filter->setText(expression);
}

void ExportDialog::kindChosen() {
    setFieldVisible(m_filter, !heatMap());
    setFieldVisible(m_perToken, !heatMap());
    setFieldVisible(m_branches, !heatMap());
    QFileInfo target(m_target->path());
    QString folder = target.absolutePath();
    QString name = target.completeBaseName();
    if (m_target->path().isEmpty() || m_target->edit()->text().isEmpty()) {
        folder = documentsFolder();
        name = heatMap() && m_session.current()
                   ? QStringLiteral("trajectory-%1").arg(m_session.current()->record.id.value)
                   : (m_session.projectName().isEmpty() ? QStringLiteral("export")
                                                        : m_session.projectName());
    }
    m_target->setPath(QDir(folder).filePath(name + QLatin1Char('.') + extensionOf(kind())));
    check();
}

void ExportDialog::check() {
    QString filterFault;
    if (!heatMap() && !m_filter->text().trimmed().isEmpty()) {
        const Status parsed = store::parseFilter(m_filter->text().trimmed().toStdString());
        if (!parsed.ok())
            filterFault = QString::fromStdString(parsed.error().message);
    }
    setFieldError(m_filter, filterFault);
    QString targetFault = m_fault;
    const QFileInfo target(m_target->path());
    if (targetFault.isEmpty() && !m_target->edit()->text().isEmpty() &&
        !target.absoluteDir().exists())
        targetFault = tr("This folder does not exist. Choose one that does.");
    setFieldError(m_target, targetFault);
    std::vector<CheckLine> lines;
    if (target.exists())
        lines.push_back(
            {Severity::Warning, tr("%1 exists and will be replaced").arg(target.fileName())});
    if (heatMap() && m_session.current() && !m_session.current()->scoreSet.id)
        lines.push_back({Severity::Information,
                         tr("The trajectory is not scored: every token will be hatched")});
    lines.push_back({Severity::Information,
                     tr("The file names the score set, the models and this program's version")});
    m_facts->setLines(lines);
    if (!m_session.isOpen())
        setReason(tr("Open a project first."));
    else if (m_busy)
        setReason(tr("Writing…"));
    else if (heatMap() && !m_session.current())
        setReason(tr("No trajectory is shown. Choose one, or export rows."));
    else if (!filterFault.isEmpty() || !targetFault.isEmpty())
        setReason(tr("Correct the marked field first."));
    else if (m_target->edit()->text().trimmed().isEmpty())
        setReason(tr("Choose a file."));
    else
        setReason({});
    m_fault.clear();
}

void ExportDialog::accept() {
    m_busy = true;
    check();
    if (heatMap())
        exportHeatMap();
    else
        exportRows();
}

void ExportDialog::exportHeatMap() {
    const TrajectoryId id = m_session.current()->record.id;
    const ScoreSetId set = m_session.scoreSet();
    const QString file = m_target->path();
    m_session.read<QString>(
        this,
        [id, set, file, kind = kind()](const store::Project& project) -> Result<QString> {
            CRUX_TRY(document, interop::heatMapDocument(project, id, set));
            const std::string text = rendered(kind, document);
            if (kind == QLatin1String("png"))
                return writePng(text, file);
            CRUX_TRY_VOID(writeFileAtomically(Path(file.toStdString()), text));
            return QString();
        },
        [this](Result<QString> fault) {
            finished(fault.ok() ? *fault : QString::fromStdString(fault.error().message));
        });
}

void ExportDialog::exportRows() {
    interop::ExportOptions options;
    options.kind = kind().toStdString();
    options.where = m_filter->text().trimmed().toStdString();
    options.scoreSet = m_session.scoreSet();
    options.perToken = m_perToken->isChecked();
    options.withBranches = m_branches->isChecked();
    m_session.read<std::int64_t>(
        this,
        [options, file = Path(m_target->path().toStdString())](const store::Project& project) {
            return interop::exportToFile(project, options, file, CancelToken());
        },
        [this](Result<std::int64_t> rows) {
            finished(rows.ok() ? QString() : QString::fromStdString(rows.error().message));
        });
}

void ExportDialog::finished(const QString& fault) {
    m_busy = false;
    m_fault = fault;
    if (!fault.isEmpty()) {
        check();
        return;
    }
    Q_EMIT written(m_target->path());
    FormDialog::accept();
}

} // namespace crux::ui
