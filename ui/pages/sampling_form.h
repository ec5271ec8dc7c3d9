// Fields for SamplingParams: used in the inspector's popover; each field says what is wrong with
// it.
#pragma once

#include "core/spec/sampling.h"

#include <QWidget>

class QDoubleSpinBox;
class QLineEdit;
class QPlainTextEdit;
class QSpinBox;

namespace crux::ui {

/// "greedy" ... as the user reads it; unknown names stand as they are.
QString presetTitle(const QString& name);

/// Owner: its parent. GUI thread. Values are always valid: fields limit what can be typed.
class SamplingForm : public QWidget {
    Q_OBJECT
public:
    explicit SamplingForm(QWidget* parent = nullptr);
    void setParams(const SamplingParams& params);
    SamplingParams params() const;

Q_SIGNALS:
    void edited();

private:
    QDoubleSpinBox* m_temperature;
    QDoubleSpinBox* m_topP;
    QSpinBox* m_topK;
    QSpinBox* m_maxTokens;
    QSpinBox* m_samples;
    QLineEdit* m_seed;
    QPlainTextEdit* m_stop;
    SamplingParams m_kept; ///< carries the fields that have no editor
    bool m_setting = false;
};

} // namespace crux::ui
