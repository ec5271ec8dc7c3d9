#include "ui/pages/force_bar.h"

#include "ui/pages/sampling_form.h"
#include "ui/widgets/format.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/marks.h"
#include "ui/widgets/theme.h"

#include <QComboBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

#include <utility>

namespace crux::ui {

namespace {

constexpr int kPreviewDelayMs = 120;
const QChar kOpenBox(0x2423);

/// A frame that opens below (or above) its button and closes with Esc or a click elsewhere.
class Popover : public QFrame {
public:
    explicit Popover(QWidget* parent)
        : QFrame(parent, Qt::Popup) {
        setFrameShape(QFrame::Box);
        setFrameShadow(QFrame::Plain);
        setAttribute(Qt::WA_DeleteOnClose);
    }
    void openAt(const QWidget& button) {
        adjustSize();
        const QPoint corner = button.mapToGlobal(QPoint(button.width() - width(), -height() - 4));
        move(std::max(0, corner.x()), std::max(0, corner.y()));
        show();
    }
    QPushButton* enter = nullptr; ///< what Enter presses

protected:
    void keyPressEvent(QKeyEvent* event) override {
        const bool isEnter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
        if (isEnter && enter && enter->isEnabled())
            return enter->click();
        QFrame::keyPressEvent(event);
    }
};

} // namespace

ForceBar::ForceBar(QWidget* parent)
    : QWidget(parent) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(8, 8, 8, 8);
    column->setSpacing(8);
    buildActions(*column);
    buildSampling(*column);
    m_timer = new QTimer(this);
    m_timer->setSingleShot(true);
    m_timer->setInterval(kPreviewDelayMs);
    connect(m_timer, &QTimer::timeout, this, [this] { Q_EMIT previewWanted(typedText()); });

    const std::vector<SamplingPreset> presets = samplingPresets();
    for (const SamplingPreset& preset : presets)
        m_presets->addItem(presetTitle(QString::fromStdString(preset.name)),
                           QString::fromStdString(preset.name));
    m_presets->addItem(tr("own settings"), QString());
    choosePreset(QStringLiteral("paper sampling"));
    updateEnabled();
}

void ForceBar::buildActions(QVBoxLayout& column) {
    m_continue = makePrimary(new QPushButton(tr("Force and continue"), this));
    m_continue->setIcon(icon(QStringLiteral("media-playback-start"), IconInk::OnAccent));
    m_continue->setToolTip(tr("Put the selected token here and write on from it (Enter)"));
    m_only = new QPushButton(tr("Force only"), this);
    m_only->setToolTip(tr("Put the selected token here and stop after it (Shift+Enter)"));
    m_rollouts = new QPushButton(this);
    setRollouts(64, {});
    m_ban = new QPushButton(tr("Ban…"), this);
    m_ban->setToolTip(tr("Forbid the original token here and sample replacements"));
    m_actions = new QGridLayout;
    m_actions->setSpacing(4);
    m_actions->setColumnStretch(4, 1);
    placeActions(false);
    column.addLayout(m_actions);

    m_text = new QLineEdit(this);
    m_text->setFont(fonts::fixed());
    m_text->setFixedWidth(152);
    m_text->setPlaceholderText(tr("typed text"));
    m_text->setAccessibleName(tr("Text to force at the cursor"));
    m_text->installEventFilter(this);
    m_forceText = new QPushButton(tr("Force text"), this);
    m_previewMark = new QLabel(this);
    m_preview = makeLabel(LabelKind::Hint, this);
    m_preview->setWordWrap(true);
    m_preview->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    auto* typed = new QHBoxLayout;
    typed->setSpacing(4);
    typed->addWidget(m_text);
    typed->addWidget(m_forceText);
    typed->addWidget(m_preview, 1);
    typed->addWidget(m_previewMark);
    column.addLayout(typed);

    m_reasonRow = new QWidget(this);
    m_reasonMark = new QLabel(m_reasonRow);
    m_reasonText = makeLabel(LabelKind::Plain, m_reasonRow);
    m_reasonText->setWordWrap(true);
    auto* reason = new QHBoxLayout(m_reasonRow);
    reason->setContentsMargins(0, 0, 0, 0);
    reason->setSpacing(4);
    reason->addWidget(m_reasonMark, 0, Qt::AlignTop);
    reason->addWidget(m_reasonText, 1);
    column.addWidget(m_reasonRow);
    m_reasonRow->hide();
    m_previewMark->hide();

    connect(m_continue, &QPushButton::clicked, this, &ForceBar::forceAndContinue);
    connect(m_only, &QPushButton::clicked, this, &ForceBar::forceOnly);
    connect(m_rollouts, &QPushButton::clicked, this, &ForceBar::forceRollouts);
    connect(m_ban, &QPushButton::clicked, this, &ForceBar::openBan);
    connect(m_text, &QLineEdit::textEdited, this, &ForceBar::textEdited);
    connect(m_text, &QLineEdit::returnPressed, this, &ForceBar::forceTyped);
    connect(m_forceText, &QPushButton::clicked, this, &ForceBar::forceTyped);
}

/// In one line, or in two where the dock is narrow.
void ForceBar::placeActions(bool narrow) {
    int place = 0;
    for (QPushButton* button : {m_continue, m_only, m_rollouts, m_ban}) {
        m_actions->removeWidget(button);
        m_actions->addWidget(button, narrow ? place / 2 : 0, narrow ? place % 2 : place);
        ++place;
    }
    m_narrow = narrow;
}

void ForceBar::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    int needed = 16;
    for (const QPushButton* button : {m_continue, m_only, m_rollouts, m_ban})
        needed += button->sizeHint().width() + 10; // with the space between
    if (const bool narrow = needed > width(); narrow != m_narrow)
        placeActions(narrow);
}

void ForceBar::buildSampling(QVBoxLayout& column) {
    m_presets = new QComboBox(this);
    m_presets->setAccessibleName(tr("Sampling preset"));
    m_presets->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_line = makeLabel(LabelKind::Plain, this);
    m_line->setTextFormat(Qt::RichText);
    m_line->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_settings = makeIconButton(QStringLiteral("configure"), tr("All sampling settings"), this);
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(m_presets);
    row->addWidget(m_line, 1);
    row->addWidget(m_settings);
    column.addLayout(row);
    connect(m_presets, &QComboBox::activated, this, &ForceBar::presetActivated);
    connect(m_settings, &QToolButton::clicked, this, &ForceBar::openSettings);
}

void ForceBar::presetActivated(int index) {
    const QString name = m_presets->itemData(index).toString();
    if (name.isEmpty())
        openSettings();
    else
        choosePreset(name);
}

void ForceBar::choosePreset(const QString& name) {
    for (const SamplingPreset& preset : samplingPresets())
        if (QString::fromStdString(preset.name) == name) {
            SamplingParams params = preset.params;
            params.seed = m_sampling.seed; // the seed is the user's, not the preset's
            setSampling(params, name);
        }
}

void ForceBar::setSampling(const SamplingParams& params, const QString& presetName) {
    m_sampling = params;
    m_preset = presetName;
    const int index = m_presets->findData(presetName);
    m_presets->setCurrentIndex(index >= 0 ? index : m_presets->count() - 1);
    updateSamplingLine();
    Q_EMIT samplingChanged();
}

void ForceBar::updateSamplingLine() {
    const QString second = Theme::current().secondText.name();
    QStringList parts;
    const auto add = [&](const QString& name, const QString& value) {
        parts << QStringLiteral("<span style=\"color:%1\">%2</span> %3").arg(second, name, value);
    };
    add(tr("T"), QString::number(m_sampling.temperature));
    if (m_sampling.topP < 1)
        add(tr("top-p"), QString::number(m_sampling.topP));
    if (m_sampling.topK > 0)
        add(tr("top-k"), QString::number(m_sampling.topK));
    add(tr("max"), format::integer(m_sampling.maxNewTokens));
    add(tr("n"), QString::number(m_sampling.samples));
    add(tr("seed"), QString::number(m_sampling.seed));
    m_line->setText(parts.join(QStringLiteral("&nbsp;&nbsp; ")));
    QStringList stops;
    for (const std::string& stop : m_sampling.stop)
        stops << format::visibleBlanks(QString::fromStdString(stop));
    m_line->setToolTip(stops.isEmpty()
                           ? tr("No stop strings")
                           : tr("Stop strings: %1").arg(stops.join(QStringLiteral("  "))));
}

void ForceBar::openSettings() {
    auto* popover = new Popover(this);
    auto* title = makeLabel(LabelKind::Demi, popover, tr("Sampling of forced continuations"));
    auto* form = new SamplingForm(popover);
    form->setParams(m_sampling);
    auto* column = new QVBoxLayout(popover);
    column->setContentsMargins(12, 12, 12, 12);
    column->addWidget(title);
    column->addWidget(form);
    connect(form, &SamplingForm::edited, this, [this, form] { setSampling(form->params()); });
    popover->openAt(*m_settings);
}

void ForceBar::openBan() {
    auto* popover = new Popover(this);
    auto* title = makeLabel(LabelKind::Demi, popover,
                            tr("Ban %1 here").arg(format::visibleBlanks(m_original)));
    auto* text =
        makeLabel(LabelKind::Second, popover,
                  tr("The model writes on without this token; each sample is a new branch."));
    auto* samples = new QSpinBox(popover);
    samples->setRange(1, 64);
    samples->setValue(m_sampling.temperature == 0 ? 1
                                                  : std::max(4, std::min(64, m_sampling.samples)));
    samples->setAccessibleName(tr("Number of replacements"));
    auto* go = makePrimary(new QPushButton(tr("Ban and sample"), popover));
    auto* row = new QHBoxLayout;
    row->addWidget(makeLabel(LabelKind::Plain, popover, tr("Replacements n")));
    row->addWidget(samples);
    row->addStretch(1);
    row->addWidget(go);
    auto* column = new QVBoxLayout(popover);
    column->setContentsMargins(12, 12, 12, 12);
    column->addWidget(title);
    column->addWidget(text);
    if (m_sampling.temperature == 0)
        column->addWidget(makeLabel(LabelKind::Second, popover,
                                    tr("At temperature 0 all samples are alike; one will do.")));
    column->addLayout(row);
    popover->enter = go;
    connect(go, &QPushButton::clicked, this, [this, popover, samples] {
        const int count = samples->value();
        popover->close();
        Q_EMIT ban(count);
    });
    popover->openAt(*m_ban);
    samples->setFocus();
}

void ForceBar::setRollouts(int count, const QString& sampling) {
    m_rollouts->setText(tr("+ %1 rollouts").arg(count));
    m_rollouts->setToolTip(
        tr("Put the selected token here and judge %1 rollouts after it (Ctrl+Enter)").arg(count) +
        (sampling.isEmpty() ? QString() : QLatin1Char('\n') + sampling));
}

void ForceBar::setReason(const QString& reason) {
    m_reason = reason;
    updateEnabled();
}

void ForceBar::setTokenReason(const QString& reason) {
    m_tokenReason = reason;
    updateEnabled();
}

QString ForceBar::reason() const {
    return m_reason.isEmpty() ? m_tokenReason : m_reason;
}

void ForceBar::updateEnabled() {
    const bool free = m_reason.isEmpty();
    m_continue->setEnabled(free && m_tokenReason.isEmpty());
    m_only->setEnabled(free && m_tokenReason.isEmpty());
    m_rollouts->setEnabled(free);
    m_ban->setEnabled(free);
    m_forceText->setEnabled(free && !typedText().isEmpty());
    const QString shown = reason();
    m_reasonText->setText(shown);
    m_reasonMark->setPixmap(marks::severityPixmap(Severity::Information, devicePixelRatioF()));
    m_reasonRow->setVisible(!shown.isEmpty());
    for (QPushButton* button : {m_continue, m_only, m_rollouts, m_ban})
        button->setAccessibleDescription(button->isEnabled() ? QString() : shown);
}

void ForceBar::setContext(const QString& before, const QString& original) {
    m_before = before;
    m_original = original;
    setPreview(m_tokens, m_previewFault);
}

QString ForceBar::typedText() const {
    return m_text->text().replace(kOpenBox, QLatin1Char(' '));
}

void ForceBar::setTypedText(const QString& text) {
    m_text->setText(text);
    textEdited();
}

void ForceBar::focusTypedText() {
    m_text->setFocus(Qt::ShortcutFocusReason);
    m_text->selectAll();
}

void ForceBar::textEdited() {
    // Blanks are visible while typing: a leading space decides which token is meant.
    const int cursor = m_text->cursorPosition();
    const QString shown = m_text->text().replace(QLatin1Char(' '), kOpenBox);
    if (shown != m_text->text()) {
        m_text->setText(shown);
        m_text->setCursorPosition(cursor);
    }
    m_forceWhenKnown = false;
    setPreview(std::nullopt);
    updateEnabled();
    if (typedText().isEmpty())
        m_timer->stop();
    else
        m_timer->start();
}

bool ForceBar::lacksLeadingSpace() const {
    const QString typed = typedText();
    return !typed.isEmpty() && typed[0].isLetterOrNumber() && !m_before.isEmpty() &&
           m_before.back().isLetterOrNumber() && m_original.startsWith(QLatin1Char(' '));
}

QString ForceBar::leadingSpaceWarning() const {
    if (!lacksLeadingSpace())
        return {};
    const QString word = m_before.section(QLatin1Char(' '), -1).section(QLatin1Char('\n'), -1);
    return tr("no leading space: “%1%2” becomes one word")
        .arg(word.right(12), typedText().left(12));
}

QString ForceBar::unknownWarning() const {
    if (!m_tokens || m_tokens->unknown.empty())
        return {};
    const QString piece = m_tokens->pieces.value(m_tokens->unknown.front());
    const QString text = tr("this vocabulary cannot spell all of it: a part becomes %1").arg(piece);
    return m_told == typedText() ? tr("%1. Press again to force it all the same.").arg(text) : text;
}

/// What the vocabulary cannot spell is told once before it is forced.
void ForceBar::forceTyped() {
    const QString text = typedText();
    if (!m_forceText->isEnabled())
        return;
    if (!m_tokens && m_previewFault.isEmpty()) {
        m_forceWhenKnown = true;
        m_timer->stop();
        Q_EMIT previewWanted(text);
        return;
    }
    if (m_tokens && !m_tokens->unknown.empty() && m_told != text) {
        m_told = text;
        setPreview(m_tokens);
        return;
    }
    Q_EMIT forceText(text);
}

void ForceBar::setPreview(const std::optional<TokenisedText>& preview, const QString& fault) {
    m_tokens = preview;
    m_previewFault = fault;
    QStringList words{fault};
    if (preview) {
        const QString pieces = format::visibleBlanks(preview->pieces.join(QLatin1Char('|')));
        words << tr("%n token(s): %1", nullptr, static_cast<int>(preview->ids.size())).arg(pieces);
    }
    const QStringList warnings{leadingSpaceWarning(), unknownWarning()};
    const bool warn = !fault.isEmpty() || warnings != QStringList{QString(), QString()};
    words << warnings;
    words.removeAll(QString());
    const QString text = words.join(QLatin1Char('\n'));
    QStringList lines;
    if (preview)
        for (qsizetype i = 0; i < preview->pieces.size(); ++i)
            lines << QStringLiteral("%1  %2")
                         .arg(preview->ids[static_cast<std::size_t>(i)])
                         .arg(format::visibleBlanks(preview->pieces[i]));
    m_preview->setText(text);
    m_preview->setToolTip(lines.join(QLatin1Char('\n')));
    m_previewMark->setVisible(warn);
    if (warn)
        m_previewMark->setPixmap(marks::severityPixmap(Severity::Warning, devicePixelRatioF()));
    if ((preview || !fault.isEmpty()) && std::exchange(m_forceWhenKnown, false))
        forceTyped();
}

QString ForceBar::previewText() const {
    return m_preview->text();
}

bool ForceBar::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_text && event->type() == QEvent::KeyPress &&
        static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
        Q_EMIT escape();
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace crux::ui
