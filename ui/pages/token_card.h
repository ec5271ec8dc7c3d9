// Top of the token inspector: everything known about the token at the cursor.
#pragma once

#include "ui/model/view_settings.h"
#include "ui/pages/alternatives_model.h"

#include <QWidget>

#include <array>

class QGridLayout;
class QLabel;

namespace crux::ui {

/// A token in 14 pt fixed on its heat colour, with the user label's bar at its left edge.
class TokenChip : public QWidget {
    Q_OBJECT
public:
    explicit TokenChip(QWidget* parent = nullptr);
    /// `score` NaN or negative: hatched, as a cell without a score.
    void setToken(const QString& text, double score, bool labelled, const ViewSettings& view);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_text;
    double m_score = -1;
    bool m_labelled = false;
    PaletteName m_palette = PaletteName::Orange;
    ScaleMode m_scale = ScaleMode::Absolute;
};

/// The card. Owner: the inspector. GUI thread. Shows dashes for what is not stored.
class TokenCard : public QWidget {
    Q_OBJECT
public:
    explicit TokenCard(QWidget* parent = nullptr);
    void setToken(const TrajectorySnapshot& snapshot, int position, const ViewSettings& view,
                  const VocabularyPtr& vocabulary);
    /// All values as lines of text, for "copy" and tests.
    QString plainText() const;

private:
    enum Value {
        S,
        PPos,
        PNeg,
        RankPos,
        RankNeg,
        RankPolicy,
        EntropyPos,
        EntropyNeg,
        LogRatio,
        ValueCount
    };
    void buildGrid(QGridLayout& grid);
    static QString rolloutWords(const TrajectorySnapshot& snapshot, int position);
    void setStanding(const TrajectorySnapshot& snapshot, int position);
    void setValues(const TrajectorySnapshot& snapshot, int position);

    TokenChip* m_chip;
    QLabel* m_place;
    QLabel* m_bytes;
    QLabel* m_standingMark;
    QLabel* m_standing;
    QLabel* m_standingMore;
    QLabel* m_scoreSet;
    std::array<QLabel*, ValueCount> m_captions{};
    std::array<QLabel*, ValueCount> m_values{};
};

/// "Position 69" counted from 1 in the response; "prompt 12" for tokens before it.
QString positionText(const TrajectorySnapshot& snapshot, int position);
/// "Score set pos-r8 / neg-r8 · β 1"; a sentence when there is none.
QString scoreSetText(const TrajectorySnapshot& snapshot);

} // namespace crux::ui
