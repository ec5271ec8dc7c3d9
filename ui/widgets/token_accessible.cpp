// Accessible interfaces of TokenView: a table whose rows are steps and whose cells are tokens. A
// cell says its text, position, score and marks.
#include "ui/widgets/format.h"
#include "ui/widgets/token_view.h"

#include <QAccessible>
#include <QAccessibleWidget>

#include <unordered_map>

namespace crux::ui {
namespace {

/// One token. Owned by Qt's accessible registry; dies with its table.
class TokenCellAccessible : public QAccessibleInterface, public QAccessibleTableCellInterface {
public:
    TokenCellAccessible(TokenView* view, int token)
        : m_view(view)
        , m_token(token) {}

    bool isValid() const override { return m_view && m_view->data() && m_token < count(); }
    QObject* object() const override { return nullptr; }
    QAccessibleInterface* childAt(int, int) const override { return nullptr; }
    QAccessibleInterface* parent() const override {
        return QAccessible::queryAccessibleInterface(m_view);
    }
    QAccessibleInterface* child(int) const override { return nullptr; }
    int childCount() const override { return 0; }
    int indexOfChild(const QAccessibleInterface*) const override { return -1; }
    QString text(QAccessible::Text kind) const override {
        if (!isValid())
            return {};
        const HeatData& data = *m_view->data();
        switch (kind) {
        case QAccessible::Name:
            return format::visibleBlanks(
                data.snapshot().tokens[static_cast<std::size_t>(m_token)].text);
        case QAccessible::Value:
            return format::probability(data.score(m_token));
        case QAccessible::Description:
            return data.describe(m_token);
        default:
            return {};
        }
    }
    void setText(QAccessible::Text, const QString&) override {}
    QRect rect() const override {
        const QRect cell = isValid() ? m_view->cellInViewport(m_token) : QRect();
        return cell.isValid() ? QRect(m_view->viewport()->mapToGlobal(cell.topLeft()), cell.size())
                              : QRect();
    }
    QAccessible::Role role() const override { return QAccessible::Cell; }
    QAccessible::State state() const override {
        QAccessible::State s;
        s.focusable = s.selectable = true;
        s.focused = s.selected = isValid() && m_view->cursor() == m_token;
        s.invisible = !isValid() || !m_view->layout().isVisible(m_token);
        return s;
    }
    void* interface_cast(QAccessible::InterfaceType type) override {
        return type == QAccessible::TableCellInterface
                   ? static_cast<QAccessibleTableCellInterface*>(this)
                   : nullptr;
    }

    bool isSelected() const override { return state().selected; }
    QList<QAccessibleInterface*> columnHeaderCells() const override { return {}; }
    QList<QAccessibleInterface*> rowHeaderCells() const override { return {}; }
    int columnIndex() const override { return isValid() ? m_token - step().first : 0; }
    int rowIndex() const override {
        return isValid() ? m_view->data()->snapshot().tokens[static_cast<std::size_t>(m_token)].step
                         : 0;
    }
    int columnExtent() const override { return 1; }
    int rowExtent() const override { return 1; }
    QAccessibleInterface* table() const override { return parent(); }

private:
    int count() const { return m_view->data()->count(); }
    StepRange step() const {
        return m_view->data()->snapshot().steps[static_cast<std::size_t>(rowIndex())];
    }
    QPointer<TokenView> m_view;
    int m_token;
};

/// The table. Created by the factory below, owned by Qt.
class TokenViewAccessible : public QAccessibleWidget, public QAccessibleTableInterface {
public:
    explicit TokenViewAccessible(TokenView* view)
        : QAccessibleWidget(view, QAccessible::Table)
        , m_view(view) {}
    ~TokenViewAccessible() override {
        for (const auto& [token, id] : m_cells)
            QAccessible::deleteAccessibleInterface(id);
    }

    int childCount() const override { return m_view->data() ? m_view->data()->count() : 0; }
    QAccessibleInterface* child(int index) const override {
        if (index < 0 || index >= childCount())
            return nullptr;
        const auto found = m_cells.find(index);
        if (found != m_cells.end())
            return QAccessible::accessibleInterface(found->second);
        auto* cell = new TokenCellAccessible(m_view, index); // the registry owns it
        m_cells[index] = QAccessible::registerAccessibleInterface(cell);
        return cell;
    }
    int indexOfChild(const QAccessibleInterface* wanted) const override {
        for (const auto& [token, id] : m_cells)
            if (QAccessible::accessibleInterface(id) == wanted)
                return token;
        return -1;
    }
    QAccessibleInterface* childAt(int x, int y) const override {
        const QPoint point = m_view->viewport()->mapFromGlobal(QPoint(x, y));
        const int token = m_view->layout().tokenAt(point + m_view->visiblePart().topLeft());
        return child(token);
    }
    QAccessibleInterface* focusChild() const override { return child(m_view->cursor()); }
    QString text(QAccessible::Text kind) const override {
        if (kind == QAccessible::Value && m_view->data())
            return m_view->data()->describe(m_view->cursor());
        return QAccessibleWidget::text(kind);
    }
    void* interface_cast(QAccessible::InterfaceType type) override {
        return type == QAccessible::TableInterface ? static_cast<QAccessibleTableInterface*>(this)
                                                   : QAccessibleWidget::interface_cast(type);
    }

    QAccessibleInterface* caption() const override { return nullptr; }
    QAccessibleInterface* summary() const override { return nullptr; }
    QAccessibleInterface* cellAt(int row, int column) const override {
        if (row < 0 || row >= rowCount() || column < 0)
            return nullptr;
        const StepRange range = m_view->data()->snapshot().steps[static_cast<std::size_t>(row)];
        return range.first + column <= range.last ? child(range.first + column) : nullptr;
    }
    int selectedCellCount() const override { return m_view->cursor() >= 0 ? 1 : 0; }
    QList<QAccessibleInterface*> selectedCells() const override {
        return m_view->cursor() >= 0 ? QList<QAccessibleInterface*>{child(m_view->cursor())}
                                     : QList<QAccessibleInterface*>{};
    }
    QString columnDescription(int column) const override { return QString::number(column + 1); }
    QString rowDescription(int row) const override {
        return row == 0 ? TokenView::tr("prompt") : TokenView::tr("step %1").arg(row);
    }
    int selectedColumnCount() const override { return 0; }
    int selectedRowCount() const override { return 0; }
    int columnCount() const override {
        int most = 0;
        if (m_view->data())
            for (const StepRange& range : m_view->data()->snapshot().steps)
                most = std::max(most, range.last - range.first + 1);
        return most;
    }
    int rowCount() const override {
        return m_view->data() ? static_cast<int>(m_view->data()->snapshot().steps.size()) : 0;
    }
    QList<int> selectedColumns() const override { return {}; }
    QList<int> selectedRows() const override { return {}; }
    bool isColumnSelected(int) const override { return false; }
    bool isRowSelected(int) const override { return false; }
    bool selectRow(int) override { return false; }
    bool selectColumn(int) override { return false; }
    bool unselectRow(int) override { return false; }
    bool unselectColumn(int) override { return false; }
    void modelChange(QAccessibleTableModelChangeEvent*) override {}

private:
    TokenView* m_view;
    mutable std::unordered_map<int, QAccessible::Id> m_cells;
};

QAccessibleInterface* tokenFactory(const QString& className, QObject* object) {
    if (className != QLatin1String("crux::ui::TokenView"))
        return nullptr;
    return new TokenViewAccessible(static_cast<TokenView*>(object)); // Qt's registry owns it
}

} // namespace

void installTokenAccessibility() {
    static const bool installed = [] {
        QAccessible::installFactory(&tokenFactory);
        return true;
    }();
    (void)installed;
}

} // namespace crux::ui
