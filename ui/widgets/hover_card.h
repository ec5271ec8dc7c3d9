// The small card beside a token after 300 ms: token, id, position, s_t, probabilities, ranks.
#pragma once

#include "ui/widgets/heat_data.h"

#include <QWidget>

namespace crux::ui {

/// Top-level tool-tip window owned by its view. GUI thread. Never the only way to a number: the
/// inspector shows the same for the cursor token.
class HoverCard : public QWidget {
    Q_OBJECT
public:
    explicit HoverCard(QWidget* view);

    /// Fills the card for `token` and shows it near `cell` (global coordinates).
    void showFor(const HeatData& heat, int token, const QRect& cell);
    int token() const { return m_token; }
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    struct Row {
        QString name, value, name2, value2;
    };
    void place(const HeatData& heat, int token, const QRect& cell);

    int m_token = -1;
    QString m_title, m_id, m_words;
    QVector<Row> m_rows;
};

} // namespace crux::ui
