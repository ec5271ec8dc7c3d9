// Original token against another one: p, p_pos, p_neg, s_t and their differences with sign and
// triangle.
#pragma once

#include "ui/pages/alternatives_model.h"

#include <QWidget>

class QLabel;
class QToolButton;

namespace crux::ui {

/// Three painted rows under a title. Owner: the inspector. GUI thread.
class TokenCompare : public QWidget {
    Q_OBJECT
public:
    explicit TokenCompare(QWidget* parent = nullptr);

    /// `forced`: `other` is the token a shown branch forced; else the row selected below.
    void setPair(const QString& place, const AlternativeRow& original, const AlternativeRow& other,
                 bool forced, bool originalIsCandidate, const QString& footer);
    bool swapped() const { return m_swapped; }
    void swap();
    /// The change row as text, e.g. "+.6064" for s_t; for tests and accessibility.
    QString changeText(int column) const;

Q_SIGNALS:
    void backToToken();

private:
    class Table;
    void updateTexts();

    QLabel* m_title;
    QLabel* m_subtitle;
    QLabel* m_footer;
    QToolButton* m_swap;
    QToolButton* m_back;
    Table* m_table;
    AlternativeRow m_original, m_other;
    bool m_forced = false, m_candidate = false, m_swapped = false;
    QString m_place;
};

} // namespace crux::ui
