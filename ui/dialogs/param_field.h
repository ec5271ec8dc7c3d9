// One parameter of a job as a field of a launch sheet, made from its row in the job kind's table,
// with a sentence when its value cannot be. What differs from a preset is SpecForm's matter.
#pragma once

#include "core/spec/params.h"

#include <QString>
#include <QWidget>

namespace crux::ui {

/// The words of a parameter in the window.
struct ParamWords {
    QString label;                                        ///< "learning rate"
    QString tip;                                          ///< what it does, one sentence
    std::vector<std::pair<std::string, QString>> choices; ///< of a choice: value, word
};

/// Numbers are typed, so that one out of range is told and not bent. Owner: its form. GUI thread.
class ParamField : public QWidget {
    Q_OBJECT
public:
    ParamField(ParamDef def, ParamWords words, QWidget* parent);

    const ParamDef& def() const { return m_def; }
    const ParamWords& words() const { return m_words; }
    /// As the job takes it; a number that cannot be read is null.
    Json value() const;
    void setValue(const Json& value); ///< no signal
    /// "Learning rate must be from 1e−12 to 1."; empty: the value will do.
    QString fault() const;
    /// A value in words, for lists of differences.
    QString shown(const Json& value) const;

Q_SIGNALS:
    void changed(); ///< by the user

private:
    ParamDef m_def;
    ParamWords m_words;
    QWidget* m_editor;
};

} // namespace crux::ui
