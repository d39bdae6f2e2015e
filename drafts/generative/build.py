import nbformat, re, sys
from nbformat.v4 import new_markdown_cell, new_code_cell, new_notebook
OUT='/work/main/book/frontier/generative.ipynb'
cells=[]
def md(id,src,*tags):
    c=new_markdown_cell(src.strip('\n'),id=id)
    if tags: c.metadata['tags']=list(tags)
    cells.append(c)
def code(id,src,*tags):
    c=new_code_cell(src.strip('\n'),id=id)
    if tags: c.metadata['tags']=list(tags)
    cells.append(c)
base=nbformat.read('/work/main/book/frontier/yardsticks.ipynb',4)
exec(open('/tmp/gen/cells.py').read())
nb=new_notebook(cells=cells,metadata=base.metadata)
nb.nbformat_minor=base.nbformat_minor
nbformat.write(nb,OUT)
print(len(cells))
