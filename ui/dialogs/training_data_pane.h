// The right half of the launch sheet of training: which rows are kept and dropped and why, and a
// few of them tokenised, with loss mask and weights as heat maps.
#pragma once

#include "core/base/json.h"
#include "ui/dialogs/check_list.h"

#include <QWidget>

#include <vector>

class QLabel;
class QToolButton;

namespace crux::ui {

class Session;
class TokenView;

/// Owner: its sheet. GUI thread.
class TrainingDataPane : public QWidget {
    Q_OBJECT
public:
    explicit TrainingDataPane(Session& session, QWidget* parent = nullptr);

    void setLines(const std::vector<CheckLine>& lines) { m_lines->setLines(lines); }
    const std::vector<CheckLine>& lines() const { return m_lines->lines(); }
    /// Examples as `preview_training` gives them; an empty list shows `why` instead.
    void setExamples(const Json& examples, const QString& why);
    int example() const { return m_at; }
    int examples() const { return static_cast<int>(m_examples.size()); }
    void showExample(int example);
    TokenView* chosen() const { return m_chosen; }
    TokenView* rejected() const { return m_rejected; }

private:
    QLabel* addHead();
    TokenView* addView(const QString& name);
    void fill(TokenView* view, QLabel* head, const Json& sequence, const QString& what);

    Session& m_session;
    CheckList* m_lines;
    QLabel *m_title, *m_why, *m_legend;
    QToolButton *m_previous, *m_next;
    QLabel *m_chosenHead, *m_rejectedHead;
    TokenView *m_chosen, *m_rejected;
    Json m_examples = Json::array();
    int m_at = 0;
};

} // namespace crux::ui
