// Head of the heat map: which trajectory, its question (foldable), gold and extracted answer, model
// and sampling; buttons for previous, next, bookmark, note.
#pragma once

#include "core/spec/agreement.h"
#include "ui/model/trajectory_snapshot.h"

#include <QWidget>

class QToolButton;

namespace crux::ui {

/// Child of HeatMapView. 112 px open, 52 folded. GUI thread.
class QuestionHeader : public QWidget {
    Q_OBJECT
public:
    explicit QuestionHeader(QWidget* parent = nullptr);

    void setSnapshot(SnapshotPtr snapshot);
    /// Candidates by s_t against the newest search; none: not searched.
    void setAgreement(const std::optional<TrajectoryAgreement>& agreement);
    void setFolded(bool folded);
    bool isFolded() const { return m_folded; }

    /// "Gold 130   Extracted 290, wrong", and what made the trajectory; for tests and copying.
    QString factsText() const;
    QString agreementText() const; ///< candidates against rollouts; "" when not searched
    /// "Llama-3.2-3B + sft-r8 · T 0.5 · seed 17 · 126 tokens", from the trajectory's own record.
    QString samplingText() const;
    QString criticalText() const;
    QString titleText() const;
    QString placeText() const; ///< "question 641 of gsm8k-train · sample 17"

Q_SIGNALS:
    void previousRequested();
    void nextRequested();
    void bookmarkRequested();
    void noteRequested();
    void foldedChanged(bool folded);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void paintFacts(QPainter& painter, double y) const;
    QString extractedText() const;
    QString goldText() const;
    QRectF arrowRect() const;
    void placeButtons();
    void updateWords();

    SnapshotPtr m_snapshot;
    std::optional<TrajectoryAgreement> m_agreement;
    QToolButton *m_previous, *m_next, *m_bookmark, *m_note;
    bool m_folded = false;
};

} // namespace crux::ui
