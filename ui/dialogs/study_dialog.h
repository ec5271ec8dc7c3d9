// The demo's miniature study as a page: tables of methods and detectors, and what they say.
#pragma once

#include "ui/dialogs/form_dialog.h"

class QTextBrowser;

namespace crux::ui {

/// Owner: its opener. GUI thread. Shows resources/demo/STUDY.md as the program was built with it.
class StudyDialog : public FormDialog {
    Q_OBJECT
public:
    explicit StudyDialog(QWidget* parent = nullptr);

    QTextBrowser& page() { return *m_page; }

private:
    void fill(); ///< again after a change of the theme: a document keeps the colours it was made in

    QTextBrowser* m_page;
};

} // namespace crux::ui
