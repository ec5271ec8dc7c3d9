// Next tokens as an icicle: a column a level, each block as high as its probability; a chosen block
// becomes the whole height (zoom). With mouse and keyboard. Own painted.
#pragma once

#include "ui/model/next_token_tree.h"

#include <QWidget>

namespace crux::ui {

/// GUI thread. The same numbers stand in the accessible description of the current block.
class Icicle : public QWidget {
    Q_OBJECT
public:
    using Way = std::vector<int>;
    explicit Icicle(QWidget* parent = nullptr);

    void setTree(NextTokenTree tree); ///< zoom and current block stay where the way still leads
    const NextTokenTree& tree() const { return m_tree; }
    void setDepth(int levels);                       ///< columns drawn
    const Way& root() const { return m_root; }       ///< zoomed into; empty: the first level
    const Way& current() const { return m_current; } ///< of the keyboard
    void zoomTo(const Way& way);
    void zoomOut();
    /// Blocks drawn, with their places, for hit tests.
    struct Block {
        Way way;
        QRectF box;
    };
    std::vector<Block> blocks() const;
    QSize sizeHint() const override { return {400, 260}; }
    QSize minimumSizeHint() const override { return {160, 96}; }

Q_SIGNALS:
    void zoomed(const std::vector<int>& way);
    void currentMoved();
    void deeperWanted(const std::vector<int>& way); ///< zoomed into a block with nothing below it
    void menuWanted(const std::vector<int>& way, const QPoint& global);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void leaveEvent(QEvent* event) override;
    bool event(QEvent* event) override;

private:
    const std::vector<NextToken>& levelAt(const Way& way) const;
    Way wayAt(QPointF position) const;
    void setCurrent(const Way& way);
    void addBlocks(std::vector<Block>& list, const Way& way, int level, double top,
                   double height) const;
    void paintBlock(QPainter& painter, const Block& block) const;
    QString tip(const Way& way) const;

    NextTokenTree m_tree;
    Way m_root, m_current, m_hover;
    int m_depth = 3;
};

} // namespace crux::ui
