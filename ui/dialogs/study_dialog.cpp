#include "ui/dialogs/study_dialog.h"

#include "ui/widgets/icons.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/theme_notifier.h"

#include <QFile>
#include <QScrollBar>
#include <QTextBlock>
#include <QTextBrowser>
#include <QTextFrame>
#include <QTextTable>

namespace crux::ui {

namespace {

constexpr double kStudyHeadingGap = 14;
constexpr int kStudyHeadingStep = 1; ///< of the sizes that HTML knows

QString studyText() {
    initResources();
    QFile file(QStringLiteral(":/demo/STUDY.md"));
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

/// Markdown's tables come without lines, on the colours of a palette that the theme replaces.
void dressTable(QTextTable& table, const Theme& theme) {
    QTextTableFormat format = table.format();
    format.setBorder(1);
    format.setBorderBrush(theme.line);
    format.setBorderStyle(QTextFrameFormat::BorderStyle_Solid);
    format.setBorderCollapse(true);
    format.setCellPadding(metrics::kCellPadding);
    format.setCellSpacing(0);
    format.setTopMargin(metrics::kCellPadding);
    format.setBottomMargin(2 * metrics::kCellPadding);
    table.setFormat(format);
    for (int column = 0; column < table.columns(); ++column) {
        QTextTableCell cell = table.cellAt(0, column);
        QTextCharFormat head = cell.format();
        head.setBackground(theme.alternateRow);
        cell.setFormat(head);
    }
}

/// Headings as the window has them: bold and little larger, with room above.
void dressHeadings(QTextDocument& document) {
    for (QTextBlock block = document.begin(); block.isValid(); block = block.next()) {
        if (block.blockFormat().headingLevel() == 0)
            continue;
        QTextCursor cursor(block);
        QTextBlockFormat place = block.blockFormat();
        place.setTopMargin(block.blockNumber() == 0 ? 0 : kStudyHeadingGap);
        place.setBottomMargin(metrics::kCellPadding);
        cursor.setBlockFormat(place);
        cursor.movePosition(QTextCursor::EndOfBlock, QTextCursor::KeepAnchor);
        QTextCharFormat look;
        look.setFontWeight(QFont::Bold);
        look.setProperty(QTextFormat::FontSizeAdjustment, kStudyHeadingStep);
        cursor.mergeCharFormat(look);
    }
}

} // namespace

StudyDialog::StudyDialog(QWidget* parent)
    : FormDialog(tr("The demo's study"), QString(), parent) {
    m_page = new QTextBrowser(this);
    m_page->setAccessibleName(windowTitle());
    m_page->setOpenLinks(false);
    m_page->document()->setDocumentMargin(12);
    addWide(m_page, 1);
    addText(tr("The recipe of the demo makes the model and these figures again: "
               "resources/demo/recipe in the sources. `crux-cli demo study` prints this page."));
    fill();
    connect(&ThemeNotifier::instance(), &ThemeNotifier::themeChanged, this, &StudyDialog::fill);
    resize(900, 720);
}

void StudyDialog::fill() {
    const int place = m_page->verticalScrollBar()->value();
    m_page->setMarkdown(studyText());
    const Theme& theme = Theme::current();
    for (QTextFrame* frame : m_page->document()->rootFrame()->childFrames())
        if (auto* table = qobject_cast<QTextTable*>(frame))
            dressTable(*table, theme);
    dressHeadings(*m_page->document());
    m_page->verticalScrollBar()->setValue(place);
}

} // namespace crux::ui
