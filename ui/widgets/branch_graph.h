// The tree of branches as a layered graph: a column a generation, edges in the colour of the
// child's verdict. Laid out around the selected path, so that 10,000 branches stay readable: the
// rest of a long row of siblings is one node, "more". Own painted; pan, zoom, keyboard, SVG.
#pragma once

#include "core/base/ids.h"
#include "core/base/result.h"
#include "ui/model/branch_tree_model.h"

#include <QHash>
#include <QWidget>

#include <vector>

namespace crux::ui {

/// A view of a BranchTreeModel. Owner: the Branches dock. GUI thread.
class BranchGraph : public QWidget {
    Q_OBJECT
public:
    explicit BranchGraph(BranchTreeModel& model, QWidget* parent = nullptr);

    struct Node {
        enum class Kind { Path, Fork, More } kind = Kind::Path;
        QModelIndex index;  ///< of the model; of More: the parent whose children it stands for
        TrajectoryId path;  ///< of a Path
        int hidden = 0;     ///< children that a More stands for
        int parent = -1;    ///< in nodes()
        QRectF box;         ///< in scene coordinates
        QString lead, tail; ///< texts
    };
    const std::vector<Node>& nodes() const { return m_nodes; }
    TrajectoryId selected() const { return m_selected; }
    void setSelected(TrajectoryId path); ///< no signal
    void showMore(int node);             ///< of a More node
    void fit();                          ///< zoom and place so that all is seen, at most 1:1
    double zoom() const { return m_zoom; }
    QRectF viewRect(int node) const; ///< in widget coordinates
    Status exportSvg(const QString& file) const;
    QSize sizeHint() const override { return {400, 260}; }
    QSize minimumSizeHint() const override { return {160, 96}; }

Q_SIGNALS:
    void chosen(crux::TrajectoryId path);
    void menuWanted(crux::TrajectoryId path, const QPoint& global);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    bool event(QEvent* event) override;

private:
    void layOut();
    double place(const QModelIndex& index, int parent, int depth, double top);
    double placeChildren(const QModelIndex& index, int parent, int depth, double top);
    int addNode(Node node, int depth);
    void paintScene(QPainter& painter, const QRectF& seen) const;
    void paintEdge(QPainter& painter, const Node& node) const;
    void paintNode(QPainter& painter, int at) const;
    int nodeAt(QPointF position) const;
    int nodeOf(TrajectoryId path) const;
    void choose(int node);
    void moveBy(int dx, int dy);
    void setZoom(double zoom, QPointF around);
    void ensureSeen(int node);
    QRectF bounds() const;

    BranchTreeModel& m_model;
    std::vector<Node> m_nodes;
    std::vector<QModelIndex> m_chain; ///< the selected row and what it lies under
    QHash<qint64, int> m_limits;      ///< shown children by parent row, where more were asked for
    TrajectoryId m_selected;
    int m_focus = -1; ///< keyboard
    double m_zoom = 1;
    QPointF m_origin{12, 12}; ///< of the scene, in the widget
    QPointF m_press, m_pressOrigin;
    bool m_dragging = false, m_pressed = false, m_fitted = true;
};

} // namespace crux::ui
