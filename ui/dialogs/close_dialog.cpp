#include "ui/dialogs/close_dialog.h"

#include "ui/widgets/labels.h"

#include <QButtonGroup>
#include <QCheckBox>
#include <QLabel>
#include <QRadioButton>
#include <QSettings>
#include <QVBoxLayout>

namespace crux::ui {

namespace {

constexpr const char* kSetting = "close/running_jobs";
constexpr std::pair<CloseChoice, const char*> kWords[] = {
    {CloseChoice::Keep, "keep"}, {CloseChoice::Stop, "stop"}, {CloseChoice::Cancel, "cancel"}};
constexpr int kIndent = 22; ///< a hint stands below its choice's words

QString hintOf(CloseChoice choice) {
    switch (choice) {
    case CloseChoice::Keep:
        return CloseDialog::tr("It goes on without the window; the next window on this project "
                               "shows it again.");
    case CloseChoice::Stop:
        return CloseDialog::tr("It ends after its present step; Resume goes on from there.");
    case CloseChoice::Cancel:
        return CloseDialog::tr("It is not wanted any more; what it has stored stays.");
    case CloseChoice::Ask:
        break;
    }
    return {};
}

} // namespace

CloseChoice rememberedCloseChoice() {
    const QString kept = QSettings().value(QLatin1String(kSetting)).toString();
    for (const auto& [choice, word] : kWords)
        if (kept == QLatin1String(word))
            return choice;
    return CloseChoice::Ask;
}

void rememberCloseChoice(CloseChoice choice) {
    QSettings settings;
    settings.remove(QLatin1String(kSetting));
    for (const auto& [known, word] : kWords)
        if (known == choice)
            settings.setValue(QLatin1String(kSetting), QLatin1String(word));
}

QString closeChoiceText(CloseChoice choice) {
    switch (choice) {
    case CloseChoice::Ask:
        return CloseDialog::tr("ask");
    case CloseChoice::Keep:
        return CloseDialog::tr("keep running");
    case CloseChoice::Stop:
        return CloseDialog::tr("stop and save");
    case CloseChoice::Cancel:
        return CloseDialog::tr("cancel the job");
    }
    return {};
}

CloseDialog::CloseDialog(const QString& job, int queued, QWidget* parent)
    : FormDialog(tr("A job is running"), tr("Close the window"), parent)
    , m_choices(new QButtonGroup(this))
    , m_remember(new QCheckBox(tr("Remember the answer (Settings can forget it)"), this)) {
    addText(tr("“%1” is running. What should become of it when the window is closed?").arg(job));
    for (const CloseChoice choice : {CloseChoice::Keep, CloseChoice::Stop, CloseChoice::Cancel}) {
        QString words = closeChoiceText(choice);
        words[0] = words[0].toUpper();
        auto* button = new QRadioButton(words, this);
        button->setAccessibleDescription(hintOf(choice));
        m_choices->addButton(button, static_cast<int>(choice));
        addWide(button);
        auto* hint = makeLabel(LabelKind::Hint, this, hintOf(choice));
        hint->setWordWrap(true);
        hint->setContentsMargins(kIndent, 0, 0, 4);
        addWide(hint);
    }
    if (queued > 0)
        addText(tr("%n more job(s) wait in the queue until a window or crux-cli runs them.",
                   nullptr, queued));
    m_remember->setChecked(true);
    addWide(m_remember);
    body()->addStretch(1);
    setChoice(CloseChoice::Keep);
    setReason({});
    resize(460, sizeHint().height());
}

CloseChoice CloseDialog::choice() const {
    return static_cast<CloseChoice>(m_choices->checkedId());
}

void CloseDialog::setChoice(CloseChoice choice) {
    if (QAbstractButton* button = m_choices->button(static_cast<int>(choice)))
        button->setChecked(true);
}

void CloseDialog::accept() {
    if (m_remember->isChecked())
        rememberCloseChoice(choice());
    FormDialog::accept();
}

} // namespace crux::ui
