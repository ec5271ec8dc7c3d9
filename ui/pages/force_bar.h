// Lower part of the token inspector: forcing actions, typed text with its tokenised preview, and
// the generation bar that shows what will be used.
#pragma once

#include "core/spec/sampling.h"
#include "ui/model/force_service.h"

#include <QWidget>

#include <optional>

class QComboBox;
class QGridLayout;
class QLabel;
class QLineEdit;
class QPushButton;
class QSpinBox;
class QTimer;
class QToolButton;
class QVBoxLayout;

namespace crux::ui {

class SamplingForm;

/// Asks for actions by signals and knows nothing of trajectories. Owner: the inspector. GUI thread.
class ForceBar : public QWidget {
    Q_OBJECT
public:
    explicit ForceBar(QWidget* parent = nullptr);

    SamplingParams sampling() const { return m_sampling; }
    /// Name of the preset shown, empty when fields were changed.
    QString presetName() const { return m_preset; }
    void setSampling(const SamplingParams& params, const QString& presetName = {});

    /// A preset by its name; the seed stays. Unknown names change nothing.
    void choosePreset(const QString& name);

    /// Why nothing can be forced now; empty: everything can.
    void setReason(const QString& reason);
    QString reason() const;
    /// Why the selected token in particular cannot be forced (it is the original one); shown
    /// likewise.
    void setTokenReason(const QString& reason);
    /// Text before the cursor and the original token: for the leading-space warning.
    void setContext(const QString& before, const QString& original);
    /// Result of tokenising the typed text; nullopt: not known (yet, or for the reason `fault`).
    void setPreview(const std::optional<TokenisedText>& preview, const QString& fault = {});
    QString previewText() const;
    QString typedText() const;
    void setTypedText(const QString& text);
    void focusTypedText();

    QPushButton* continueButton() const { return m_continue; }
    QPushButton* onlyButton() const { return m_only; }
    QPushButton* rolloutsButton() const { return m_rollouts; }
    /// How many rollouts the button draws, and how they are drawn.
    void setRollouts(int count, const QString& sampling);
    QPushButton* banButton() const { return m_ban; }
    QPushButton* textButton() const { return m_forceText; }
    /// Opens the popover of all sampling fields.
    void openSettings();

Q_SIGNALS:
    void forceAndContinue();
    void forceOnly();
    void forceRollouts();
    void ban(int samples);
    void forceText(const QString& text);
    void previewWanted(const QString& text);
    void samplingChanged();
    void escape();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void buildActions(QVBoxLayout& column);
    void buildSampling(QVBoxLayout& column);
    void presetActivated(int index);
    void updateEnabled();
    void updateSamplingLine();
    void textEdited();
    void openBan();
    void placeActions(bool narrow);
    void forceTyped();
    bool lacksLeadingSpace() const;
    QString leadingSpaceWarning() const;
    QString unknownWarning() const;

    QGridLayout* m_actions;
    QPushButton* m_continue;
    QPushButton* m_only;
    QPushButton* m_rollouts;
    QPushButton* m_ban;
    QLineEdit* m_text;
    QPushButton* m_forceText;
    QLabel* m_preview;
    QLabel* m_previewMark;
    QWidget* m_reasonRow;
    QLabel* m_reasonMark;
    QLabel* m_reasonText;
    QComboBox* m_presets;
    QLabel* m_line;
    QToolButton* m_settings;
    QTimer* m_timer;

    SamplingParams m_sampling;
    QString m_preset;
    QString m_reason, m_tokenReason, m_before, m_original;
    std::optional<TokenisedText> m_tokens;
    QString m_previewFault;
    QString m_told; ///< typed text whose unknown characters were told; forced at the next press
    bool m_narrow = false;
    bool m_forceWhenKnown = false; ///< pressed before the tokens were known
};

} // namespace crux::ui
