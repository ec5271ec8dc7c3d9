// Find inside the heat map (Ctrl+F): the bar's questions answered over both panes.
#include "ui/pages/heat_map_view.h"
#include "ui/widgets/find_bar.h"
#include "ui/widgets/heat_map_pane.h"
#include "ui/widgets/token_find.h"

#include <algorithm>

namespace crux::ui {

void HeatMapView::connectFind() {
    connect(m_find, &FindBar::changed, this, [this] {
        updateFind();
        // While typing the first place from where the search began is shown.
        const auto& matches = focusedText()->matches();
        const auto next =
            std::find_if(matches.begin(), matches.end(),
                         [this](const TokenMatch& match) { return match.last >= m_findFrom; });
        if (next != matches.end())
            showMatch(*next);
        else if (!matches.empty())
            showMatch(matches.front());
    });
    connect(m_find, &FindBar::stepped, this, &HeatMapView::findStep);
    connect(m_find, &FindBar::closed, this, [this] {
        updateFind();
        focusedText()->setFocus();
    });
}

void HeatMapView::openFind() {
    if (!m_shown)
        return;
    m_findFrom = std::max(0, focusedText()->cursor());
    m_find->open();
    updateFind();
}

bool HeatMapView::finding() const {
    return !m_find->query().isEmpty();
}

/// Searches again: the text, the query or the cursor changed.
void HeatMapView::updateFind() {
    for (TokenView* text : {m_pane->text(), m_branch->text()})
        text->setMatches(
            text->data() ? findTokens(text->data()->snapshot(), m_find->query(),
                                      m_find->matchCase() ? Qt::CaseSensitive : Qt::CaseInsensitive)
                         : std::vector<TokenMatch>());
    updateFindCount();
}

void HeatMapView::updateFindCount() {
    const TokenView* text = focusedText();
    const auto& matches = text->matches();
    const auto at = std::find_if(matches.begin(), matches.end(), [&](const TokenMatch& match) {
        return match.first <= text->cursor() && text->cursor() <= match.last;
    });
    m_find->setCount(at == matches.end() ? 0 : static_cast<int>(at - matches.begin()) + 1,
                     static_cast<int>(matches.size()));
}

void HeatMapView::findStep(int toward) {
    const auto& matches = focusedText()->matches();
    if (matches.empty())
        return;
    const int cursor = focusedText()->cursor();
    if (toward > 0) {
        const auto next =
            std::find_if(matches.begin(), matches.end(),
                         [&](const TokenMatch& match) { return match.first > cursor; });
        showMatch(next == matches.end() ? matches.front() : *next);
    } else {
        const auto previous =
            std::find_if(matches.rbegin(), matches.rend(),
                         [&](const TokenMatch& match) { return match.last < cursor; });
        showMatch(previous == matches.rend() ? matches.back() : *previous);
    }
}

void HeatMapView::showMatch(TokenMatch match) {
    TokenView* text = focusedText();
    // A branch may be longer than its parent, whose positions the session's cursor counts.
    if (match.first < static_cast<int>(m_shown->tokens.size()))
        m_session.setCursor(match.first);
    text->setCursor(match.first);
    text->reveal(match.first);
    m_findFrom = match.first;
    updateFindCount();
}

} // namespace crux::ui
