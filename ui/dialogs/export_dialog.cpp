#include "ui/dialogs/export_dialog.h"

#include "core/interop/export.h"
#include "core/store/filter.h"
#include "ui/dialogs/background.h"
#include "ui/dialogs/check_list.h"
#include "ui/model/session.h"
#include "ui/model/view_settings.h"
#include "ui/widgets/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QFileInfo>
#include <QLabel>
#include <QLineEdit>
#include <QPainter>
#include <QPushButton>
#include <QVBoxLayout>

namespace crux::ui {

namespace {

constexpr int kPreviewWidth = 568, kPreviewHeight = 220;
constexpr int kFieldWidth = 380, kDialogWidth = 600;

QString extensionOf(const QString& kind) {
    if (kind.endsWith(QLatin1String("latex")))
        return QStringLiteral("tex");
    if (kind.endsWith(QLatin1String("html")))
        return QStringLiteral("html");
    for (const char* own : {"svg", "pdf", "png", "csv"})
        if (kind == QLatin1String(own))
            return kind;
    if (kind == QLatin1String("cliff-table"))
        return QStringLiteral("csv");
    if (kind.startsWith(QLatin1String("cliff")) || kind == QLatin1String("paper-checked") ||
        kind.startsWith(QLatin1String("authors-")))
        return QStringLiteral("json");
    return QStringLiteral("jsonl");
}

QString rowsTitle(const QString& kind, const QString& sentence) {
    if (kind == QLatin1String("heat-maps-html"))
        return ExportDialog::tr("Heat maps of many trajectories as one HTML page");
    if (kind == QLatin1String("heat-maps-latex"))
        return ExportDialog::tr("Heat maps of many trajectories as LaTeX fragments");
    if (kind == QLatin1String("sft-pos"))
        return ExportDialog::tr("Positive data, prompt and completion (TRL)");
    if (kind == QLatin1String("sft-neg"))
        return ExportDialog::tr("Negative data, prompt and completion (TRL)");
    if (kind == QLatin1String("preference"))
        return ExportDialog::tr("Preference pairs (TRL)");
    if (kind == QLatin1String("authors-sft"))
        return ExportDialog::tr("Positive and negative data, the authors' JSON");
    if (kind == QLatin1String("authors-dpo"))
        return ExportDialog::tr("Preference pairs, the authors' JSON");
    if (kind == QLatin1String("authors-ce"))
        return ExportDialog::tr("Preference pairs with scores, the authors' JSON");
    return ExportDialog::tr("%1: %2").arg(kind, sentence);
}

} // namespace

ExportDialog::ExportDialog(Session& session, std::vector<HeatDataPtr> panes, QWidget* parent)
    : FormDialog(tr("Export"), tr("Export"), parent)
    , m_session(session)
    , m_panes(std::move(panes))
    , m_kind(new QComboBox(this)) {
    if (m_panes.empty() && session.current())
        m_panes.push_back(
            std::make_shared<const HeatData>(session.current(), HeatOptions::from(session.view())));
    m_kind->setMinimumWidth(kFieldWidth);
    m_kind->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    fillKinds();
    addField(tr("What"), m_kind);
    buildHeatMapFields();
    buildRowFields();
    m_target = new PathField(PathField::Kind::SaveFile, tr("File to write"), this);
    addField(tr("File"), m_target);
    m_facts = new CheckList(this);
    addWide(m_facts);
    body()->addStretch(1);
    connect(m_kind, &QComboBox::currentIndexChanged, this, &ExportDialog::kindChosen);
    connect(m_filter, &QLineEdit::textChanged, this, &ExportDialog::changed);
    connect(m_target, &PathField::changed, this, &ExportDialog::changed);
    for (QCheckBox* box : {m_perToken, m_branches})
        connect(box, &QCheckBox::toggled, this, &ExportDialog::changed);
    for (QComboBox* box : {m_colours, m_width})
        connect(box, &QComboBox::currentIndexChanged, this, &ExportDialog::updatePreview);
    connect(m_width, &QComboBox::currentIndexChanged, this,
            [this] { setFieldVisible(m_prompt, heatMap() && !asShown()); });
    for (QCheckBox* box : {m_both, m_prompt})
        connect(box, &QCheckBox::toggled, this, &ExportDialog::updatePreview);
    if (m_panes.empty()) // rows are all there is
        m_kind->setCurrentIndex(m_kind->findData(QStringLiteral("jsonl")));
    kindChosen();
}

void ExportDialog::fillKinds() {
    m_kind->addItem(tr("Heat map as SVG picture"), QStringLiteral("svg"));
    m_kind->addItem(tr("Heat map as PDF page"), QStringLiteral("pdf"));
    m_kind->addItem(tr("Heat map as PNG picture"), QStringLiteral("png"));
    m_kind->addItem(tr("Heat map as HTML page"), QStringLiteral("html"));
    m_kind->addItem(tr("Heat map as LaTeX fragment"), QStringLiteral("latex"));
    for (const auto& [name, sentence] : interop::exportKinds()) {
        const QString kind = QString::fromStdString(name);
        m_kind->addItem(rowsTitle(kind, QString::fromStdString(sentence)), kind);
    }
}

void ExportDialog::buildHeatMapFields() {
    m_colours = new QComboBox(this);
    m_colours->addItem(tr("as shown"), QStringLiteral("shown"));
    m_colours->addItem(tr("light"), QStringLiteral("light"));
    m_colours->addItem(tr("dark"), QStringLiteral("dark"));
    m_colours->addItem(tr("print: grey on white"), QStringLiteral("print"));
    addField(tr("Colours"), m_colours);
    m_width = new QComboBox(this);
    for (const int width : {720, 540, 1080, 1440})
        m_width->addItem(tr("%1 px").arg(width), width);
    m_width->setToolTip(tr("Lines wrap at this width; text keeps its size"));
    addField(tr("Width"), m_width);
    m_both = new QCheckBox(tr("both panes, one below the other"), this);
    m_both->setChecked(true);
    addField(tr("Panes"), m_both);
    m_prompt = new QCheckBox(tr("the tokens of the prompt too"), this);
    addField(tr("With"), m_prompt);
    m_preview = new QLabel(this);
    m_preview->setFixedSize(kPreviewWidth, kPreviewHeight);
    m_preview->setAccessibleName(tr("Preview"));
    addWide(m_preview);
}

void ExportDialog::buildRowFields() {
    m_filter = new QLineEdit(this);
    m_filter->setFont(fonts::fixed());
    m_filter->setPlaceholderText(tr("all, or for example verdict=wrong"));
    addField(tr("Filter"), m_filter);
    m_perToken = new QCheckBox(tr("ids, offsets and s_t of every token"), this);
    m_perToken->setChecked(true);
    addField(tr("Rows hold"), m_perToken);
    m_branches = new QCheckBox(tr("the branches of the chosen trajectories too"), this);
    m_branches->setChecked(true);
    addField(tr("Branches"), m_branches);
}

QString ExportDialog::kind() const {
    return m_kind->currentData().toString();
}

bool ExportDialog::heatMap() const {
    return drawn() || kind() == QLatin1String("html") || kind() == QLatin1String("latex");
}

bool ExportDialog::drawn() const {
    return kind() == QLatin1String("svg") || kind() == QLatin1String("pdf") ||
           kind() == QLatin1String("png");
}

void ExportDialog::setKind(const QString& wanted) {
    m_kind->setCurrentIndex(std::max(0, m_kind->findData(wanted)));
}

void ExportDialog::setShown(std::vector<TokenLayout> layouts, double zoom) {
    if (layouts.size() != m_panes.size() || layouts.empty())
        return;
    m_shown = std::move(layouts);
    m_shownZoom = zoom;
    m_width->insertItem(0, tr("as shown, with its folds and text size"), 0);
    m_width->setCurrentIndex(0);
    kindChosen();
}

bool ExportDialog::asShown() const {
    return drawn() && !m_shown.empty() && m_width->currentData().toInt() == 0;
}

void ExportDialog::setTarget(const QString& file) {
    m_target->setPath(file);
}

void ExportDialog::setFilter(const QString& expression) {
    m_filter->setText(expression);
}

void ExportDialog::setColours(const QString& choice) {
    m_colours->setCurrentIndex(std::max(0, m_colours->findData(choice)));
}

void ExportDialog::kindChosen() {
    setFieldVisible(m_colours, heatMap());
    setFieldVisible(m_width, drawn());
    setFieldVisible(m_both, heatMap() && m_panes.size() > 1);
    setFieldVisible(m_prompt, heatMap() && !asShown());
    m_preview->setVisible(drawn() && !m_panes.empty());
    setFieldVisible(m_filter, !heatMap());
    setFieldVisible(m_perToken, kind() == QLatin1String("jsonl"));
    setFieldVisible(m_branches, !heatMap() && kind() != QLatin1String("csv"));
    QFileInfo target(m_target->path());
    QString folder = target.absolutePath();
    QString name = target.completeBaseName();
    if (m_target->path().isEmpty() || m_target->edit()->text().isEmpty()) {
        folder = documentsFolder();
        name =
            heatMap() && !m_panes.empty()
                ? QStringLiteral("trajectory-%1").arg(m_panes.front()->snapshot().record.id.value)
                : (m_session.projectName().isEmpty() ? QStringLiteral("export")
                                                     : m_session.projectName());
    }
    m_target->setPath(QDir(folder).filePath(name + QLatin1Char('.') + extensionOf(kind())));
    updatePreview();
    changed();
    layout()->activate(); // the fields that are gone give their room back
    resize(kDialogWidth, sizeHint().height());
}

std::vector<HeatDataPtr> ExportDialog::chosenPanes() const {
    std::vector<HeatDataPtr> panes = m_panes;
    if (panes.size() > 1 && !m_both->isChecked())
        panes.resize(1);
    const QString colours = m_colours->currentData().toString();
    if (colours == QLatin1String("shown"))
        return panes;
    const ThemeName theme = colours == QLatin1String("dark") ? ThemeName::Dark : ThemeName::Light;
    for (HeatDataPtr& pane : panes)
        pane = recoloured(pane, theme,
                          colours == QLatin1String("print") ? PaletteName::Grey
                                                            : pane->options().palette);
    return panes;
}

HeatExportOptions ExportDialog::options() const {
    HeatExportOptions options;
    if (asShown()) {
        options.shown = m_shown;
        options.shownZoom = m_shownZoom;
    } else if (m_width->currentData().toInt() > 0) {
        options.width = m_width->currentData().toInt();
    }
    options.blanks = m_session.view().showBlanks;
    options.proportional = m_session.view().proportional;
    options.prompt = m_prompt->isChecked();
    return options;
}

void ExportDialog::showEvent(QShowEvent* event) {
    FormDialog::showEvent(event);
    updatePreview();
}

/// The top of the picture at reduced size; only its lines are painted, however long it is.
void ExportDialog::updatePreview() {
    if (!drawn() || m_panes.empty() || !isVisible())
        return;
    const HeatMapExport picture(chosenPanes(), options());
    const double scale = static_cast<double>(kPreviewWidth) / picture.size().width();
    QPixmap pixmap(QSize(kPreviewWidth, kPreviewHeight) * devicePixelRatioF());
    pixmap.setDevicePixelRatio(devicePixelRatioF());
    pixmap.fill(Theme::of(chosenPanes().front()->options().theme).base);
    QPainter painter(&pixmap);
    painter.setRenderHints(QPainter::TextAntialiasing | QPainter::SmoothPixmapTransform);
    painter.scale(scale, scale);
    picture.paint(painter, QRectF(0, 0, picture.size().width(), kPreviewHeight / scale));
    painter.resetTransform();
    painter.setPen(Theme::current().controlBorder);
    painter.drawRect(0, 0, kPreviewWidth - 1, kPreviewHeight - 1);
    painter.end();
    m_preview->setPixmap(pixmap);
    m_preview->setAccessibleDescription(picture.title());
}

/// Another export than the one that was written.
void ExportDialog::changed() {
    m_written = false;
    primaryButton()->setText(tr("Export"));
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
    if (targetFault.isEmpty() && heatMap() && !m_target->edit()->text().isEmpty() &&
        !heatExportFormat(m_target->path()))
        targetFault = tr("The name must end in .%1.").arg(extensionOf(kind()));
    setFieldError(m_target, targetFault);
    std::vector<CheckLine> lines;
    if (target.exists())
        lines.push_back(
            {Severity::Warning, tr("%1 exists and will be replaced").arg(target.fileName())});
    if (heatMap() && !m_panes.empty() && !m_panes.front()->hasScores())
        lines.push_back({Severity::Information,
                         tr("The trajectory is not scored: every token will be hatched")});
    if (heatMap())
        lines.push_back({Severity::Information,
                         tr("The file names the trajectory, score set, layer, palette and scale")});
    m_facts->setLines(lines);
    if (!m_session.isOpen())
        setReason(tr("Open a project first."));
    else if (m_busy)
        setReason(tr("Writing…"));
    else if (heatMap() && m_panes.empty())
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
    if (m_written) // what was left out has been read
        return FormDialog::accept();
    m_busy = true;
    check();
    if (heatMap())
        exportHeatMap();
    else
        exportRows();
}

void ExportDialog::exportHeatMap() {
    // Made and drawn on one thread: the fonts of a picture belong to it.
    runInBackground<QString>(
        this,
        [panes = chosenPanes(), options = options(), file = m_target->path()]() -> QString {
            const Status saved = HeatMapExport(panes, options).save(file);
            return saved.ok() ? QString() : QString::fromStdString(saved.error().message);
        },
        [this](const QString& fault) { finished(fault); });
}

void ExportDialog::exportRows() {
    interop::ExportOptions options;
    options.kind = kind().toStdString();
    options.where = m_filter->text().trimmed().toStdString();
    options.scoreSet = m_session.scoreSet();
    options.perToken = m_perToken->isChecked();
    options.withBranches = m_branches->isChecked();
    struct Outcome {
        std::int64_t rows = 0;
        std::vector<std::string> notes;
    };
    m_session.read<Outcome>(
        this,
        [options, file = Path(m_target->path().toStdString())](
            const store::Project& project) mutable -> Result<Outcome> {
            Outcome made;
            options.notes = &made.notes;
            CRUX_TRY(rows, interop::exportToFile(project, options, file, CancelToken()));
            made.rows = rows;
            return made;
        },
        [this](Result<Outcome> made) {
            if (made.ok() && !made->notes.empty())
                tellLeftOut(made->rows, made->notes);
            else
                finished(made.ok() ? QString() : QString::fromStdString(made.error().message));
        });
}

/// Stays open: that the file is there is half of what happened.
void ExportDialog::tellLeftOut(std::int64_t rows, const std::vector<std::string>& notes) {
    m_busy = false;
    m_written = true;
    setReason({});
    primaryButton()->setText(tr("Close"));
    std::vector<CheckLine> lines{
        {Severity::Passed, tr("%n rows written to %1", nullptr, static_cast<int>(rows))
                               .arg(QFileInfo(m_target->path()).fileName())}};
    for (const std::string& note : notes)
        lines.push_back({Severity::Warning, QString::fromStdString(note)});
    m_facts->setLines(lines);
    Q_EMIT written(m_target->path());
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
