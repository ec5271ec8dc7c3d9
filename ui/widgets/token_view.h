// The heat map's text: paints the visible lines of one trajectory, moves the cursor, folds steps,
// shows the hover card. What keys ask of others (alternatives, labels, notes) leaves as signals.
#pragma once

#include "ui/widgets/heat_data.h"
#include "ui/widgets/heat_painter.h"
#include "ui/widgets/token_layout.h"

#include <QAbstractScrollArea>
#include <QTimer>

#include <memory>

namespace crux::ui {

class HoverCard;

/// Child of a HeatMapPane. GUI thread. Cannot fail: without data it paints nothing. Keys come as
/// QActions of HeatMapActions; only Space (hold: plain text) and Esc are read here.
class TokenView : public QAbstractScrollArea {
    Q_OBJECT
public:
    enum class Move {
        Left,
        Right,
        WordLeft,
        WordRight,
        Up,
        Down,
        LineStart,
        LineEnd,
        NextCandidate,
        PreviousCandidate,
        NextFork,
        PreviousFork,
        First,
        Last
    };

    explicit TokenView(QWidget* parent = nullptr);
    ~TokenView() override;

    /// New data of the same snapshot only recolours; another snapshot is laid out anew. Folds stay
    /// when the same trajectory grew or was scored.
    void setData(HeatDataPtr data);
    const HeatDataPtr& data() const { return m_data; }
    const TokenLayout& layout() const { return m_layout; }

    void setZoom(double zoom); ///< 0.5 .. 4
    double zoom() const { return m_font.zoom; }
    void setProportional(bool proportional);
    void setShowBlanks(bool show);
    void setPlainText(bool plain);
    void setRingLive(bool live); ///< cursor ring in the accent colour, else grey

    int cursor() const { return m_state.cursor; }
    /// Shows the token (unfolding its step) and announces it; no signal.
    void setCursor(int token);
    void moveCursor(Move move);             ///< emits cursorMoved when it moved
    void setHover(int token);               ///< linked hover from the ribbon; -1 none
    void setSelection(int first, int last); ///< tokens brushed in the ribbon; -1, -1 none
    /// Found places, ascending; outlined in the text and ticked in the overview.
    void setMatches(std::vector<TokenMatch> matches);
    const std::vector<TokenMatch>& matches() const { return m_state.matches; }
    int selectionFirst() const { return m_state.selectionFirst; }
    int selectionLast() const { return m_state.selectionLast; }
    void toggleFold(int step);
    void foldAll(bool folded);
    void reveal(int token);
    QRect cellInViewport(int token) const; ///< first cell of the token
    QString selectedText() const;          ///< brushed tokens, else the cursor token
    QRectF visiblePart() const;            ///< viewport in layout coordinates
    void hideCard();
    bool cardVisible() const;

Q_SIGNALS:
    void cursorMoved(int token); ///< by the user
    void hovered(int token);     ///< -1: left
    void activated(int token);   ///< double click: alternatives
    void selectionCleared();     ///< Esc took the brushed range back
    void stopRequested();        ///< Esc without an open card
    void zoomRequested(double factor);
    void menuRequested(int token, const QPoint& global);
    void layoutChanged(); ///< lines, folds or the visible part changed
    void focused();

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    bool viewportEvent(QEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void keyReleaseEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

private:
    void relayout();
    void takeFont(double zoom, bool proportional);
    void applyRelation(bool newText);
    QPointF toLayout(const QPoint& point) const;
    int target(Move move);
    int nextOf(const std::vector<int>& positions, int direction) const;
    int wordStep(int direction) const;
    int visibleStep(int from, int direction) const;
    void pointAt(const QPoint& point);
    void openCard();
    void announce();

    HeatDataPtr m_data;
    TokenLayout m_layout;
    HeatFont m_font;
    HeatPaintState m_state;
    std::unique_ptr<HoverCard> m_card;
    QTimer m_cardDelay;
    double m_columnX = -1; ///< x kept while moving up and down
};

/// Registers the accessible interface of TokenView; called once by the first view.
void installTokenAccessibility();

} // namespace crux::ui
